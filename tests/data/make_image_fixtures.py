#!/usr/bin/env python3
"""Makes tests/data/image: small pictures in every file format, and what other programs read in them.

    python3 make_image_fixtures.py SHARED      # the folder of the corpora, for PngSuite and a photograph

Needs Pillow 9.4, numpy, and the programs djpeg and cjpeg (libjpeg-turbo) and dwebp and webpmux (libwebp).
The pictures are drawn here, but for a detail of skimage-chelsea.png (CC0) and PngSuite, whose licence is beside it.

expected.txt   file, format, width, height, md5 of the pixels, as read by the program named in the last column
resize.txt     source and target sizes, md5 of what Pillow's BILINEAR makes of a picture drawn by a formula
"""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "image")
LINES = []


def run(*command, data=None):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def path(name):
    return os.path.join(HERE, name)


def expect(name, image, reader):
    LINES.append("%s %s %d %d %s %s" % (name, {"RGB": "rgb", "RGBA": "rgba", "L": "grey"}[image.mode], image.width,
                                         image.height, hashlib.md5(image.tobytes()).hexdigest(), reader))


def read_pnm(data):
    """A picture from the PPM, PGM or PAM that a program wrote."""
    if data[:2] != b"P7":
        kind, size, _, pixels = data.split(b"\n", 3)
        width, height = map(int, size.split())
        return Image.frombytes("RGB" if kind == b"P6" else "L", (width, height), pixels)
    head, pixels = data.split(b"ENDHDR\n", 1)
    fields = dict(line.split(b" ", 1) for line in head.split(b"\n")[1:] if line)
    size = int(fields[b"WIDTH"]), int(fields[b"HEIGHT"])
    return Image.frombytes({b"3": "RGB", b"4": "RGBA"}[fields[b"DEPTH"]], size, pixels)


def expect_jpeg(name):
    expect(name, read_pnm(run("djpeg", "-pnm", path(name))), "djpeg")


def formula(width, height):
    """The same picture as draw() in tests/test_resize.c."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return Image.fromarray(((x * x * 31 + y * x * 17 + y * y * 7 + c * 101) % 256).astype(np.uint8), "RGB")


def jpegs(photo):
    ppm = b"P6\n%d %d\n255\n" % photo.size + photo.tobytes()
    for name, options in (("420", ()), ("444", ("-sample", "1x1")), ("422", ("-sample", "2x1")),
                          ("progressive", ("-progressive",)), ("restart", ("-restart", "1")),
                          ("grey", ("-grayscale",)), ("rgb", ("-rgb",)), ("q30", ("-quality", "30"))):
        with open(path(name + ".jpg"), "wb") as f:
            f.write(run("cjpeg", "-quality", "85", *options, data=ppm))
        expect_jpeg(name + ".jpg")
    with open(path("arithmetic.jpg"), "wb") as f:
        f.write(run("cjpeg", "-quality", "85", "-arithmetic", data=ppm))
    expect_jpeg("arithmetic.jpg")
    with open(path("q90.jpg"), "wb") as f:   # what our own encoder has to make of the pixels of detail.png
        f.write(run("cjpeg", "-quality", "90", data=ppm))
    expect_jpeg("q90.jpg")
    photo.convert("CMYK").save(path("cmyk.jpg"), quality=90)
    expect("cmyk.jpg", Image.open(path("cmyk.jpg")).convert("RGB"), "Pillow")


def webps(photo, cutout):
    photo.save(path("lossy.webp"), quality=80)
    photo.save(path("lossless.webp"), lossless=True)
    cutout.save(path("alpha.webp"), quality=80)
    cutout.save(path("alpha_lossless.webp"), lossless=True, exact=True)
    for name in ("lossy", "lossless", "alpha", "alpha_lossless"):
        with_alpha = name.startswith("alpha")
        expect(name + ".webp", read_pnm(run("dwebp", "-quiet", path(name + ".webp"),
                                            "-pam" if with_alpha else "-ppm", "-o", "-")), "dwebp")
    frames = [photo.rotate(90 * i).resize(photo.size) for i in range(3)]
    frames[0].save(path("animated.webp"), save_all=True, append_images=frames[1:], duration=50, lossless=True)
    expect("animated.webp", frames[0], "Pillow")
    with tempfile.TemporaryDirectory() as folder:   # a first frame that leaves a part of the canvas bare
        part = os.path.join(folder, "part.webp")
        photo.crop((0, 0, 40, 30)).save(part, lossless=True)
        run("webpmux", "-frame", part, "+50+20+10+0+b", "-frame", path("lossless.webp"), "+50+0+0+0+b",
            "-o", path("animated_part.webp"))
    canvas = Image.new("RGBA", photo.size, (0, 0, 0, 0))
    canvas.paste(photo.crop((0, 0, 40, 30)), (20, 10))
    expect("animated_part.webp", canvas, "Pillow")


def turned(photo):
    """Stored with an orientation, expected upright: Pillow's own idea of upright."""
    from PIL import ImageOps
    for k in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = k
        for suffix, options in ((".png", {}), (".webp", {"lossless": True})):
            if suffix == ".webp" and k not in (3, 6):
                continue
            name = "turned%d%s" % (k, suffix)
            photo.save(path(name), exif=exif.tobytes(), **options)
            expect(name, ImageOps.exif_transpose(Image.open(path(name))).convert("RGB"), "Pillow")


def pnms(photo):
    small = photo.crop((0, 0, 13, 7))
    rgb = np.asarray(small)
    grey = np.asarray(small.convert("L"))

    def put(name, head, values, text=False):
        with open(path(name), "wb") as f:
            f.write(head + (" ".join(map(str, values.ravel())).encode() + b"\n" if text else values.tobytes()))

    put("p6.ppm", b"P6 13 7 255\n", rgb)
    put("p5.pgm", b"P5\n# a comment\n13 7\n255\n", grey)
    put("p3.ppm", b"P3\n13 7\n255\n", rgb, True)
    put("p2.pgm", b"P2\n13 7\n255\n", grey, True)
    for name, image in (("p6.ppm", small), ("p3.ppm", small), ("p5.pgm", small.convert("L").convert("RGB")),
                        ("p2.pgm", small.convert("L").convert("RGB"))):
        assert Image.open(path(name)).convert("RGB").tobytes() == image.tobytes()
        expect(name, image, "Pillow")
    bits = small.convert("1")
    bits.save(path("p4.pbm"))
    expect("p4.pbm", Image.open(path("p4.pbm")).convert("RGB"), "Pillow")


def pngsuite(shared):
    source = os.path.join(shared, "data", "decode", "pngsuite")
    for folder in ("primary", "16bit", "corrupt"):
        shutil.copytree(os.path.join(source, folder), path("pngsuite/" + folder), dirs_exist_ok=True)
    shutil.copy(os.path.join(source, "PngSuite.LICENSE"), path("pngsuite"))
    for name in sorted(os.listdir(path("pngsuite/primary"))):
        image = Image.open(path("pngsuite/primary/" + name))
        if name == "tbbn0g04.png":   # Pillow compares the 4-bit transparent grey with pixels scaled to 8 bits
            image.load()
            image.info["transparency"] *= 17
        expect("pngsuite/primary/" + name, image.convert("RGBA"), "Pillow")
        if image.mode == "P" and name[:4] == "basn":
            LINES.append("pngsuite/primary/%s index %d %d %s Pillow" % (
                name, image.width, image.height, hashlib.md5(image.tobytes()).hexdigest()))


def resizes():
    sizes = ((97, 61), (384, 384), (1, 1), (33, 1), (1, 57), (2, 3), (640, 427), (1000, 31), (32767, 1), (1, 32767))
    targets = ((64, 64), (97, 61), (1, 1), (1, 13), (11, 1), (96, 61), (97, 64), (160, 288), (384, 384), (3, 2))
    with open(path("resize.txt"), "w") as f:
        for w, h in sizes:
            source = formula(w, h)
            for target in targets:
                made = source.resize(target, Image.BILINEAR)
                f.write("%d %d %d %d %s\n" % (w, h, *target, hashlib.md5(made.tobytes()).hexdigest()))
        for (w, h), target in (((4000, 3000), (384, 384)), ((40, 30), (2000, 1500)), ((3, 3), (1, 32767))):
            made = formula(w, h).resize(target, Image.BILINEAR)
            f.write("%d %d %d %d %s\n" % (w, h, *target, hashlib.md5(made.tobytes()).hexdigest()))


def main():
    os.makedirs(HERE, exist_ok=True)
    photo = Image.open(os.path.join(sys.argv[1], "data", "photos", "skimage-chelsea.png")).convert("RGB")
    photo = photo.crop((120, 60, 217, 121))
    photo.save(path("detail.png"))
    expect("detail.png", photo, "Pillow")
    expect("detail.png", photo.convert("L"), "Pillow")   # the weights of grey
    x = np.clip(np.arange(photo.width) * 4 - 60, 0, 255).astype(np.uint8)
    cutout = photo.copy()
    cutout.putalpha(Image.fromarray(np.tile(x, (photo.height, 1)), "L"))
    cutout.save(path("cutout.png"))
    expect("cutout.png", cutout, "Pillow")
    jpegs(photo)
    webps(photo, cutout)
    turned(photo.crop((0, 0, 31, 19)))
    pnms(photo)
    pngsuite(sys.argv[1])
    resizes()
    with open(path("expected.txt"), "w") as f:
        f.write("\n".join(LINES) + "\n")


if __name__ == "__main__":
    main()
