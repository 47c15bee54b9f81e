#!/usr/bin/env python3
"""Pictures of known alpha, for `inspyr eval --alpha`: subjects of data/eval with synthetic soft edges on other grounds.

usage: make_composites.py DATA FOLDER [COUNT]

DATA: the shared data folder (eval, photos). FOLDER/composites-people, -cats and -pets get COUNT (12) photos X.jpg and
their alpha X.png each. Needs a Python with Pillow and numpy; the same releases of them make the same files.

Alpha is the hand-made mask, shrunk by two pixels, blurred with a Gaussian whose width changes along the edge from 0.8 to
4 pixels, and frayed by hairs: short lines along the normal, of falling strength. Colours of the subject are continued over
its edge from within, so none of its old ground is in them. What is synthetic here is everything that these figures are
about, the edge: they compare versions of one program, and say nothing about hair.
"""
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

SETS = {"people": 1, "cats": 1, "pets": 2}
GROUNDS = ("coco-000000500663.jpg", "skimage-coffee.png", "coco-000000144941.jpg", "skimage-rocket.jpg")


def blur(plane, sigma):
    """A Gaussian of floats, by rows and columns; edges repeated."""
    reach = int(np.ceil(3 * sigma))
    taps = np.exp(-np.arange(-reach, reach + 1) ** 2 / (2 * sigma * sigma))
    taps /= taps.sum()
    for axis in (0, 1):
        padded = np.pad(plane, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        plane = sum(t * padded[tuple(slice(i, i + plane.shape[a]) if a == axis else slice(None) for a in (0, 1))]
                    for i, t in enumerate(taps))
    return plane


def mask_of(path, labels):
    image = Image.open(path)
    if labels:
        values = np.asarray(image)
        return (values == 1) | (values == 2) | (values == 255)  # with the band: it holds the fur
    return np.asarray(image.convert("L")) > 127


def soft_alpha(mask, random):
    core = np.asarray(Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.MinFilter(5))) > 0
    core = core.astype(float)
    where = blur(random.random(mask.shape), 24)
    where = (where - where.min()) / max(np.ptp(where), 1e-9)
    alpha = (1 - where) * blur(core, 0.8) + where * blur(core, 4)
    down, across = np.gradient(blur(core, 3))
    edge = np.argwhere((alpha > 0.3) & (alpha < 0.7))
    if not len(edge):
        return alpha
    hairs = edge[random.integers(0, len(edge), len(edge) // 3)]
    lengths = random.uniform(3, 14, len(hairs))
    bend = random.uniform(-0.6, 0.6, len(hairs))
    direction = -np.stack([down[tuple(hairs.T)], across[tuple(hairs.T)]], 1)
    direction /= np.maximum(np.hypot(*direction.T), 1e-9)[:, None]
    for step in np.arange(0, 14, 0.5):
        alive = step < lengths
        turn = bend[alive] * step / 10
        d = direction[alive]
        along = np.stack([d[:, 0] * np.cos(turn) - d[:, 1] * np.sin(turn),
                          d[:, 0] * np.sin(turn) + d[:, 1] * np.cos(turn)], 1)
        at = np.rint(hairs[alive] + along * step).astype(int)
        inside = ((at >= 0) & (at < mask.shape)).all(1)
        at, strength = at[inside], 0.8 * (1 - step / lengths[alive][inside])
        np.maximum.at(alpha, tuple(at.T), strength)
    return np.clip(blur(alpha, 0.6), 0, 1)


def continued(photo, mask):
    """The subject's colours, spread outwards from where it surely is."""
    core = np.asarray(Image.fromarray(mask.astype(np.uint8) * 255).filter(ImageFilter.MinFilter(9))) / 255.0
    colours, known = photo * core[..., None], core.copy()
    for sigma in (2, 6, 18):
        weight = blur(core, sigma)
        spread = np.stack([blur(photo[..., c] * core, sigma) for c in range(3)], 2)
        fresh = (known < 0.5) & (weight > 1e-4)
        colours[fresh] = spread[fresh] / weight[fresh][:, None]
        known[fresh] = 1
    return np.where(known[..., None] > 0.5, colours, photo)


def ground_of(path, size):
    image = Image.open(path).convert("RGB")
    scale = max(size[0] / image.width, size[1] / image.height)
    image = image.resize((int(np.ceil(image.width * scale)), int(np.ceil(image.height * scale))))
    return np.asarray(image.crop((0, 0, *size)), float)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    data, out, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 12
    for name, kind in SETS.items():
        folder = out / f"composites-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        photos = sorted((data / "eval" / name).glob("*.jpg"))
        for i, photo in enumerate(photos[::max(1, len(photos) // count)][:count]):
            random = np.random.default_rng([kind, i])
            pixels = np.asarray(Image.open(photo).convert("RGB"), float)
            mask = mask_of(photo.with_suffix(".png"), kind == 2)
            alpha = np.rint(soft_alpha(mask, random) * 255)
            ground = ground_of(data / "photos" / GROUNDS[i % len(GROUNDS)], mask.shape[::-1])
            share = alpha[..., None] / 255
            mixed = np.rint(continued(pixels, mask) * share + ground * (1 - share)).clip(0, 255)
            Image.fromarray(mixed.astype(np.uint8)).save(folder / photo.name, quality=95, subsampling=0)
            Image.fromarray(alpha.astype(np.uint8)).save(folder / (photo.stem + ".png"))
        print(f"{folder}: {len(list(folder.glob('*.jpg')))}")


if __name__ == "__main__":
    main()
