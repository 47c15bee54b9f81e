"""Reads and writes 8-bit PNG files with nothing but zlib.

A picture is (width, height, channels, bytes): grey 1, grey with alpha 2, RGB 3, RGBA 4, rows without gaps.
"""
import struct
import zlib

COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write(path, width, height, channels, pixels, palette=None):
    """palette: RGB bytes; the pixels are indices then."""
    row = width * channels
    lines = b"".join(b"\0" + bytes(pixels[y * row:(y + 1) * row]) for y in range(height))
    colour_type = 3 if palette else COLOUR_TYPES[channels]
    with open(path, "wb") as f:
        f.write(SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)))
        if palette:
            f.write(chunk(b"PLTE", palette))
        f.write(chunk(b"IDAT", zlib.compress(lines, 1)) + chunk(b"IEND", b""))


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def unfilter(kind, line, before, step):
    out = bytearray(line)
    for i in range(len(out)):
        left = out[i - step] if i >= step else 0
        up = before[i]
        corner = before[i - step] if i >= step else 0
        guess = (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]
        out[i] = (out[i] + guess) & 255
    return out


def parse(data):
    assert data[:8] == SIGNATURE, "not a PNG file"
    at, packed, header, ended = 8, b"", None, False
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + body)
        header = struct.unpack(">IIBBBBB", body) if kind == b"IHDR" else header
        packed += body if kind == b"IDAT" else b""
        ended = ended or kind == b"IEND"
        at += 12 + size
    assert ended, "the file is cut off"
    width, height, bits, colour_type, _, _, interlaced = header
    assert bits == 8 and not interlaced
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    raw, row = zlib.decompress(packed), width * channels
    assert len(raw) == height * (row + 1)
    before, out = bytearray(row), bytearray()
    for y in range(height):
        line = raw[y * (row + 1):(y + 1) * (row + 1)]
        before = unfilter(line[0], line[1:], before, channels)
        out += before
    return width, height, channels, bytes(out)


def read(path):
    with open(path, "rb") as f:
        return parse(f.read())
