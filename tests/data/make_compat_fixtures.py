#!/usr/bin/env python3
"""Writes matte/compat.safetensors and matte/compat_*.png: what transparent-background and what it is built on make of
the same inputs.

    python3 make_compat_fixtures.py PARITY [FOLDER]

PARITY holds tiny_swin.pth (a small Swin network, random weights) and products/input.png, a picture of 131 x 90.

products/static/logits, products/dynamic/logits, products/array/logits
                            the network's logits for products/input.png at 64 x 64, and at the dynamic size for a short
                            side of 80; of the array path
small/logits                the same, static, for compat_input.png (93 x 39)
compat_KIND[_SUFFIX].png    the package's products of compat_input.png
map/N/logits, map/N/map     torch: sigmoid, stretched to 0..1, bilinear with aligned corners
linear/N/from, linear/N/to  OpenCV: INTER_LINEAR of 8 bits
gauss/N/from, gauss/N/to    OpenCV: Gaussian of sigma 15
soft/from, soft/N           OpenCV in float64, sigma 0.7, 1.5, 3, 15, 40: what lies beyond the picture has no weight
edge/N/from, edge/N/to      OpenCV: Canny(50, 100) of a picture of 0 and 255
colours/N/picture, alpha, front
                            pymatting: estimate_foreground_ml in float32

Needs numpy, torch, torchvision, opencv-python-headless, pymatting, Pillow and transparent-background.
"""
import os
import sys
import warnings

import cv2
import numpy as np
import torch
import torch.nn.functional as F
import torchvision.transforms as T
from PIL import Image
from pymatting import estimate_foreground_ml

from safetensors_io import write

warnings.filterwarnings("ignore")
from transparent_background.backbones.SwinTransformer import SwinTransformer  # noqa: E402
from transparent_background.InSPyReNet import InSPyReNet                      # noqa: E402
from transparent_background.Remover import Remover                            # noqa: E402
from transparent_background.utils import dynamic_resize, normalize, static_resize, tonumpy, totensor  # noqa: E402

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
rng = np.random.default_rng(11)
out = {}


def network(parity):
    backbone = SwinTransformer(embed_dim=32, depths=[2, 2, 2, 2], num_heads=[1, 2, 4, 8], window_size=12)
    model = InSPyReNet(backbone, [32, 32, 64, 128, 256], 16, [64, 64], threshold=None).eval()
    model.load_state_dict(torch.load(os.path.join(parity, "tiny_swin.pth"), map_location="cpu"))
    return model.eval()


def transform(first):
    return T.Compose([first, tonumpy(), normalize(mean=MEAN, std=STD), totensor()])


def logits(model, x):
    with torch.no_grad():
        return model.forward_inspyre(x[None])["saliency"][3][0, 0].numpy()


def products(model, parity):
    image = Image.open(os.path.join(parity, "products", "input.png")).convert("RGB")
    out["products/static/logits"] = logits(model, transform(static_resize([64, 64]))(image))
    out["products/dynamic/logits"] = logits(model, transform(dynamic_resize(L=80))(image))
    array = cv2.resize(np.array(image), (64, 64), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    x = (array - 255 * np.array(MEAN, np.float32)) / (255 * np.array(STD, np.float32))
    out["products/array/logits"] = logits(model, torch.from_numpy(x.transpose(2, 0, 1)))


def small(model, folder):
    """A picture that does not fit the network, with a bright subject, grain and a black corner; and its products."""
    y, x = np.mgrid[0:39, 0:93].astype(np.float64)
    blob = 1 / (1 + np.exp((np.hypot((x - 45) / 2, y - 20) - 12) / 1.5))
    grain = rng.uniform(-12, 12, (39, 93))
    picture = np.stack([30 + 200 * blob + grain, 190 - 110 * blob - grain, 80 + 90 * blob + x / 2], -1)
    picture[:9, :11] = 0
    picture[-8:, -9:] = 255
    image = Image.fromarray(picture.clip(0, 255).astype(np.uint8))
    image.save(os.path.join(folder, "compat_input.png"))
    ground = os.path.join(folder, "compat_background.png")
    Image.fromarray(rng.integers(0, 256, (23, 31, 3), np.uint8)).save(ground)
    r = Remover.__new__(Remover)
    r.model, r.device, r.matting_fn = model, "cpu", estimate_foreground_ml
    r.background = {"img": None, "name": None, "shape": None}
    r.transform = transform(static_resize([64, 64]))
    out["small/logits"] = logits(model, r.transform(image))
    kinds = {"rgba": "rgba", "map": "map", "green": "green", "white": "white", "[10, 20, 200]": "colour",
             "blur": "blur", "overlay": "overlay", ground: "picture"}
    for kind, name in kinds.items():
        for suffix, options in (("", {}), ("_threshold", {"threshold": 0.5}), ("_reverse", {"reverse": True}),
                                ("_both", {"threshold": 0.3, "reverse": True})):
            r.process(image, type=kind, **options).save(os.path.join(folder, f"compat_{name}{suffix}.png"),
                                                        optimize=True)


def maps():
    # Pictures whose sides add up to no more than 128 go through another of torch's kernels.
    sizes = [((13, 17), (61, 70)), ((17, 13), (5, 9)), ((8, 8), (8, 8)), ((9, 2), (130, 7)), ((40, 30), (41, 99))]
    for i, (shape, large) in enumerate(sizes):
        v = (rng.standard_normal(shape) * 4).astype(np.float32)
        p = torch.sigmoid(torch.from_numpy(v))[None, None]
        p = (p - p.min()) / (p.max() - p.min() + 1e-8)
        out[f"map/{i}/logits"] = v
        out[f"map/{i}/map"] = F.interpolate(p, large, mode="bilinear", align_corners=True)[0, 0].numpy()


def opencv():
    for i, ((h, w), (th, tw)) in enumerate([((37, 53), (16, 24)), ((20, 30), (10, 15)), ((7, 5), (31, 40)),
                                            ((90, 7), (13, 64)), ((1, 6), (5, 1)), ((12, 9), (12, 9))]):
        a = rng.integers(0, 256, (h, w, 3), np.uint8)
        out[f"linear/{i}/from"] = a
        out[f"linear/{i}/to"] = cv2.resize(a, (tw, th), interpolation=cv2.INTER_LINEAR)
    for i, (h, w) in enumerate([(40, 60), (37, 12), (5, 130), (1, 9)]):
        a = rng.integers(0, 256, (h, w, 3), np.uint8)
        a[:, w // 2:] //= 8
        out[f"gauss/{i}/from"] = a
        out[f"gauss/{i}/to"] = cv2.GaussianBlur(a, (0, 0), 15)
    a = cv2.resize(rng.integers(0, 256, (8, 10, 3), np.uint8), (50, 40), interpolation=cv2.INTER_NEAREST)
    out["soft/from"] = a
    for i, sigma in enumerate([0.7, 1.5, 3, 15, 40]):
        reach = (8 * int(np.ceil(sigma)) + 1,) * 2
        zero = {"sigmaX": sigma, "borderType": cv2.BORDER_CONSTANT}
        out[f"soft/{i}"] = (cv2.GaussianBlur(a.astype(np.float64), reach, **zero) /
                            cv2.GaussianBlur(np.ones(a.shape[:2]), reach, **zero)[..., None])
    for i, (h, w, sigma) in enumerate([(64, 80, 3), (33, 47, 1.2), (40, 40, 0.5), (3, 9, 1)]):
        a = cv2.GaussianBlur(rng.standard_normal((h, w)), (0, 0), sigma)
        a = np.where(a > 0, 255, 0).astype(np.uint8)
        out[f"edge/{i}/from"], out[f"edge/{i}/to"] = a, cv2.Canny(a, 50, 100)


def colours():
    for i, (h, w) in enumerate([(48, 60), (21, 30), (5, 90)]):
        y, x = np.mgrid[0:h, 0:w]
        a = np.clip(1.3 - np.hypot(x - w / 2, y - h / 2) / (min(h, w) / 2.5), 0, 1)
        a = np.clip(a + rng.uniform(-0.05, 0.05, a.shape) * (a > 0) * (a < 1), 0, 1).astype(np.float32)
        u = rng.integers(0, 256, (h, w, 3), np.uint8)
        u[..., 0] = np.where(a > 0.5, 220, 30)
        out[f"colours/{i}/picture"], out[f"colours/{i}/alpha"] = u, a
        out[f"colours/{i}/front"] = estimate_foreground_ml(u / 255.0, a)


if __name__ == "__main__":
    target = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "matte")
    torch.set_num_threads(1)
    tiny = network(sys.argv[1])
    products(tiny, sys.argv[1])
    small(tiny, target)
    maps()
    opencv()
    colours()
    planes = {k: np.moveaxis(v, 2, 0) if v.ndim == 3 else v for k, v in out.items()}
    write(os.path.join(target, "compat.safetensors"), planes,
          {"description": "see make_compat_fixtures.py"})
