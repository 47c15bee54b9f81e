#!/bin/sh
# Makes docs/images: the same cut-out in the arithmetic of the Python package (--compat) and in the default one, for
# docs/migration.md. Needs the built command, and Python 3 with nothing but its own library, which cuts parts out of
# the results, enlarges them and draws the background.
# usage: migration-pictures.sh [path of inspyr]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
inspyr=${1:-$root/build/inspyr}
images=$root/docs/images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$images"

# Discs before a dark sky, twice as wide as high: whether proportions are kept can be seen.
python3 - "$work/sky.ppm" <<'PYTHON'
import sys

WIDTH, HEIGHT, RADIUS, SOFT = 1200, 600, 62, 3

with open(sys.argv[1], "wb") as file:
    file.write(b"P6\n%d %d\n255\n" % (WIDTH, HEIGHT))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            away = ((x % 200 - 100) ** 2 + (y % 200 - 100) ** 2) ** 0.5
            disc = min(max((RADIUS - away) / SOFT + 0.5, 0), 1)
            file.write(bytes(round(v + add * disc) for v, add in
                             ((12 + y / 24, 40), (16 + y / 20, 50), (40 + y / 10, 60))))
PYTHON

# A part of a PAM, each pixel as a square of pixels, as PNG.
enlarge() { # source, target, left, top, side, times
    python3 - "$@" <<'PYTHON'
import struct
import sys
import zlib

source, target = sys.argv[1:3]
left, top, side, times = map(int, sys.argv[3:])
with open(source, "rb") as file:
    head, pixels = file.read().split(b"ENDHDR\n", 1)
width = next(int(line.split()[1]) for line in head.splitlines() if line.startswith(b"WIDTH"))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


rows = b""
for y in range(top, top + side):
    row = b"".join(pixels[3 * i:3 * i + 3] * times for i in range(y * width + left, y * width + left + side))
    rows += (b"\x01" + bytes(row[:3]) + bytes((b - a) & 255 for a, b in zip(row, row[3:]))) # differences to the left
    rows += (b"\x02" + bytes(len(row))) * (times - 1) # the same as above
with open(target, "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" +
               chunk(b"IHDR", struct.pack(">IIBBBBB", side * times, side * times, 8, 2, 0, 0, 0)) +
               chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
PYTHON
}

both() { # name, photo, type, left, top: of the part that is enlarged
    for way in package default; do
        compat=$([ $way = default ] || echo --compat)
        # shellcheck disable=SC2086 # no option, or one
        "$inspyr" cutout --quiet "$root/demo/$2" --type "$3" $compat --force -o "$images/$1-$way.jpg"
        # shellcheck disable=SC2086
        "$inspyr" cutout --quiet "$root/demo/$2" --type "$3" $compat --force -o "$work/$way.pam"
        enlarge "$work/$way.pam" "$images/$1-$way-edge.png" "$4" "$5" 80 4
    done
}

both colour astronaut.png '#101018' 236 30
both blur astronaut.png blur 290 236
both picture astronaut.png "$work/sky.ppm" 236 30
both overlay chelsea.png overlay 330 60
du -cb "$images"/* | tail -1
