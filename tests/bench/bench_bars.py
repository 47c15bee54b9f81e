#!/usr/bin/env python3
"""What the pixels around the network cost, with Pillow and libvips on the same files in the same run.

usage: bench_bars.py PHOTO [TIMES]

Run by hand with a Python that has Pillow, numpy and pyvips (pyvips-binary brings libvips). PHOTO is turned into JPEGs of
4000 x 3000, stored upright but marked to be turned, and of 1280 x 960, by bicubic scaling and 4:2:0 of quality 90, so that
everyone makes the same files. build/tests/bench/bench_bars ($BENCH) does our part. Pillow and libvips have no network and
no foreground colours; what is beside ours is what they have of each figure. Medians, milliseconds.
"""
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("VIPS_CONCURRENCY", "2")
import numpy
import pyvips
from PIL import Image, ImageOps

BENCH = os.environ.get("BENCH", "build/tests/bench/bench_bars")
BARS = {("look", "all"): 90, ("memory", "times the result"): 4, ("colour", "all"): 150, ("colour", "png"): 250,
        ("whole", "all"): 150}


def make(photo, path, size, turned):
    image = ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
    if (image.width < image.height) != (size[0] < size[1]):
        image = image.transpose(Image.Transpose.ROTATE_90)
    image = image.resize(size, Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x112] = 6 if turned else 1
    image.save(path, quality=90, subsampling=2, exif=exif)


def timed(times, work):
    found = []
    for _ in range(times + 1):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found[1:])


def peers(large, small, times):
    """Figure and stage: Pillow's and libvips's milliseconds."""
    with open(large, "rb") as f, open(small, "rb") as g:
        large, small = f.read(), g.read()

    def pillow_look():
        image = Image.open(io.BytesIO(large))
        image.draft("RGB", (768, 768))
        ImageOps.exif_transpose(image).resize((384, 384), Image.Resampling.BILINEAR, reducing_gap=None).load()

    def vips_look():
        pyvips.Image.thumbnail_buffer(large, 384, height=384, size="force").write_to_memory()

    photo = ImageOps.exif_transpose(Image.open(io.BytesIO(large))).convert("RGB")
    matte = photo.convert("L").resize((384, 384))
    wide = pyvips.Image.new_from_array(numpy.asarray(photo))
    narrow = pyvips.Image.new_from_array(numpy.asarray(matte))

    def pillow_colour():
        result = photo.copy()
        result.putalpha(matte.resize(photo.size, Image.Resampling.BILINEAR))
        return result

    def vips_colour():
        alpha = narrow.resize(wide.width / 384, vscale=wide.height / 384, kernel="linear")
        return wide.bandjoin(alpha.cast("uchar")).write_to_memory()

    cutout = pillow_colour()
    pixels = pyvips.Image.new_from_array(numpy.asarray(cutout))

    def pillow_whole(level):
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(small))).convert("RGBA")
        image.save(io.BytesIO(), "png", compress_level=level)

    def vips_whole():
        pyvips.Image.new_from_buffer(small, "").autorot().addalpha().pngsave_buffer(compression=6)

    return {
        ("look", "all"): (timed(times, pillow_look), timed(times, vips_look)),
        ("colour", "all"): (timed(times, pillow_colour), timed(times, vips_colour)),
        ("colour", "png"): (timed(2, lambda: cutout.save(io.BytesIO(), "png", compress_level=6)),
                            timed(2, lambda: pixels.pngsave_buffer(compression=6))),
        ("whole", "all"): (timed(3, lambda: pillow_whole(6)), timed(3, vips_whole)),
    }


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    with tempfile.TemporaryDirectory() as folder:
        large, small = os.path.join(folder, "large.jpg"), os.path.join(folder, "small.jpg")
        make(sys.argv[1], large, (4000, 3000), True)
        make(sys.argv[1], small, (1280, 960), False)
        done = subprocess.run([BENCH, large, small, str(times)], stdout=subprocess.PIPE, check=True, text=True)
        others = peers(large, small, times)
    print("| figure | stage | ours | bar | Pillow | libvips |\n|---|---|---|---|---|---|")
    for line in done.stdout.splitlines():
        name, stage, value = line.split("\t")
        pillow, vips = others.get((name, stage), (None, None))
        print(f"| {name} | {stage} | {value} | {BARS.get((name, stage), '')} "
              f"| {f'{pillow:.0f}' if pillow else ''} | {f'{vips:.0f}' if vips else ''} |")


if __name__ == "__main__":
    main()
