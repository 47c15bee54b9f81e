#!/usr/bin/env python3
"""How alike effects stay: previews beside full pictures that are shrunk as much, and version 2 beside version 1.

usage: effect_ssim.py PICTURE...

Run by hand with a Python that has Pillow and scikit-image. Effects are drawn by `inspyr draw` ($INSPYR, else
build/inspyr). Printed is the structural similarity (Wang et al. 2004, on luminance), least and mean over the pictures.
"""
import os
import statistics
import subprocess
import sys
import tempfile

import numpy
from PIL import Image
from skimage.metrics import structural_similarity

INSPYR = os.environ.get("INSPYR", "build/inspyr")
PREVIEW = 512


def draw(picture, effect, *options):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.png")
        subprocess.run([INSPYR, "draw", picture, "-e", effect, "-o", out, "-q", *options], check=True)
        return Image.open(out).convert("L")


def alike(one, other):
    return structural_similarity(numpy.asarray(one), numpy.asarray(other))


def row(name, values):
    print(f"| {name} | {min(values):.3f} | {statistics.mean(values):.3f} |")


def main(pictures):
    names = subprocess.run([INSPYR, "effects", "--json"], check=True, capture_output=True, text=True).stdout
    effects = [line.split('"name":"')[1].split('"')[0] for line in names.splitlines() if '"version"' in line]
    print("| | least | mean |\n|---|---|---|")
    for effect in effects:
        values = []
        for picture in pictures:
            small = draw(picture, effect, "--preview", str(PREVIEW))
            values.append(alike(small, draw(picture, effect).resize(small.size, Image.Resampling.BILINEAR)))
        row(f"{effect}, preview", values)
    row("enhancedblackwhite, 2 beside 1", [alike(draw(p, "enhancedblackwhite@2:grain_strength=0"),
                                                 draw(p, "enhancedblackwhite@1:grain_strength=0")) for p in pictures])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
