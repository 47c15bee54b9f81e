#!/usr/bin/env python3
"""Makes pictures of every kind of malice, and expected.txt: name, tab, words of the message that has to refuse it,
or "fine" where the malice is beside the pixels and has to have no effect.

usage: make_pictures.py folder [program]      program: is run on the folder
"""
import struct
import subprocess
import sys
import zlib
from pathlib import Path

CASES = []  # name, bytes, words
DATA = Path(__file__).resolve().parent.parent / "data" / "image"


def case(name, data, words):
    CASES.append((name, data, words))


def chunk(kind, data, claimed=None, sum_of=None):
    size = len(data) if claimed is None else claimed
    return struct.pack(">I", size) + kind + data + struct.pack(">I", zlib.crc32(sum_of or kind + data))


def png(width, height, bits=8, colour=2, before=b"", data=None, after=b""):
    """data: the compressed rows; a picture of zeros, if it is small, where they are not given."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    if data is None:
        data = zlib.compress(bytes(height * (1 + (width * channels * bits + 7) // 8)), 9)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
            + before + chunk(b"IDAT", data) + after + chunk(b"IEND", b""))


def zeros(count):
    """So many zeros, compressed, without ever having them all."""
    packer, out = zlib.compressobj(9), b""
    for _ in range(count >> 20):
        out += packer.compress(bytes(1 << 20))
    return out + packer.compress(bytes(count & 0xfffff)) + packer.flush()


def tiff(entries, order="<"):
    """entries: tag, type, count, value."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + struct.pack(order + "H", len(entries)) + b"".join(struct.pack(order + "HHII", *e) for e in entries)


def profile(tags, size=None, count=None, bodies=b"", space=b"RGB "):
    """tags: name, offset, size."""
    table = struct.pack(">I", len(tags) if count is None else count)
    table += b"".join(name + struct.pack(">II", at, length) for name, at, length in tags)
    length = 128 + len(table) + len(bodies)
    head = struct.pack(">I4xI", length if size is None else size, 0x04300000) + b"mntr" + space + b"XYZ "
    return (head + bytes(12) + b"acsp").ljust(128, b"\0") + table + bodies


def segment(marker, data, claimed=None):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2 if claimed is None else claimed) + data


def jpeg(*segments, name="420.jpg"):
    """A good file with segments behind its first marker."""
    data = (DATA / name).read_bytes()
    return data[:2] + b"".join(segments) + data[2:]


def resized(name, frame, width, height):
    """A good JPEG whose frame header lies."""
    data = bytearray((DATA / name).read_bytes())
    at = data.index(b"\xff" + bytes([frame]))
    data[at + 5:at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def icc(data, size=65519):
    parts = [data[i:i + size] for i in range(0, len(data), size)]
    return [segment(0xe2, b"ICC_PROFILE\0" + bytes([i + 1, len(parts)]) + p) for i, p in enumerate(parts)]


def riff(*chunks, claimed=None):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if claimed is None else claimed) + body


def piece(kind, data, claimed=None):
    return kind + struct.pack("<I", len(data) if claimed is None else claimed) + data + b"\0" * (len(data) & 1)


def lossless(width, height, data=b"\0" * 40):
    return piece(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + data)


def extended(flags, width, height):
    return piece(b"VP8X", struct.pack("<I", flags) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3])


def sizes():
    rows = zeros(30000 * 3751)
    case("png_30000", png(30000, 30000, 1, 0, data=rows), "900 megapixels; the limit is 50")
    case("png_30000_in_50_kb", png(30000, 30000, data=rows[:50000]), "900 megapixels; the limit is 50")
    case("png_2_to_31", png(0x7fffffff, 0x7fffffff, data=b"x"), "megapixels; the limit is 50")
    case("png_promises_49_megapixels", png(7000, 7000, 16, 6, data=rows[:100]), "PNG: ")
    case("png_interlaced_promise", png(7000, 7000, 8, 6, data=b"")[:28] + b"\1" + png(7000, 7000, 8, 6, data=b"")[29:],
         "PNG: ")
    case("jpeg_65500", resized("420.jpg", 0xc0, 65500, 65500), "megapixels; the limit is 50")
    case("jpeg_promises_49_megapixels", resized("420.jpg", 0xc0, 7000, 7000)[:-300], "JPEG: ")
    case("jpeg_promises_49_progressively", resized("progressive.jpg", 0xc2, 7000, 7000)[:-800], "truncated")
    case("jpeg_no_size", resized("420.jpg", 0xc0, 0, 0), "JPEG: ")
    case("webp_16384", riff(lossless(16384, 16384)), "megapixels; the limit is 50")
    case("webp_promises_49_megapixels", riff(lossless(7000, 7000)), "WebP: ")
    case("webp_canvas_of_2_to_24", riff(extended(0, 1 << 24, 255), lossless(1, 1)), "WebP: ")
    case("webp_canvas_beside_frame", riff(extended(0, 7000, 7000), lossless(16383, 16383)), "WebP: ")
    case("webp_4_gb_in_its_head", riff(lossless(7000, 7000), claimed=0xfffffffe), "WebP: ")
    case("webp_4_gb_in_a_chunk", riff(piece(b"VP8 ", b"\0" * 40, claimed=0xfffffff0)), "WebP: ")
    case("webp_alpha_of_4_gb", riff(extended(0x10, 7000, 7000), piece(b"ALPH", b"\1", claimed=0xfffffff0)), "WebP: ")
    case("ppm_10_to_18", b"P6 999999999 999999999 255\n", "megapixels; the limit is 50")
    case("ppm_promises_49_megapixels", b"P6 7000 7000 65535\n" + bytes(1000), "PNM: row 1 of 7000")


def repetition():
    good = (DATA / "progressive.jpg").read_bytes()
    scan = good.rindex(b"\xff\xda")
    case("jpeg_10000_scans", good[:-2] + good[scan:-2] * 10000 + b"\xff\xd9", "too many scans")
    wide = resized("progressive.jpg", 0xc2, 7000, 7000)
    case("jpeg_10000_scans_of_49_megapixels", wide[:-2] + wide[scan:-2] * 10000 + b"\xff\xd9", "too many scans")
    case("png_100000_texts", png(8, 8, before=chunk(b"tEXt", b"a\0b") * 100000), "more than 1000 chunks")
    case("png_20_mb_beside", png(8, 8, after=chunk(b"prVt", bytes(20 << 20))), "16 MiB beside the pixels")
    case("png_text_of_a_gigabyte", png(8, 8, before=chunk(b"zTXt", b"a\0\0" + zeros(1 << 30))), "fine")
    case("png_100000_empty_pixels", png(8, 8, before=chunk(b"IDAT", b"") * 100000), "fine")


def orientation():
    entry = (0x112, 3, 1, 6)
    case("png_exif_of_a_gigabyte", png(8, 8, before=chunk(b"eXIf", tiff([entry]), claimed=1 << 30)), "PNG: ")
    case("webp_exif_of_a_gigabyte", riff(extended(8, 8, 8), piece(b"EXIF", tiff([entry]), claimed=1 << 30)), "WebP: ")
    case("jpeg_exif_beyond_the_file", jpeg(segment(0xe1, b"Exif\0\0" + tiff([entry]), claimed=65535))[:900], "JPEG: ")
    case("exif_of_a_gigabyte_of_values", jpeg(segment(0xe1, b"Exif\0\0" + tiff([(0x112, 3, 1 << 30, 8)]))), "fine")
    case("exif_of_65535_entries", jpeg(segment(0xe1, b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(60000))), "fine")
    case("exif_that_is_its_own_next", jpeg(segment(0xe1, b"Exif\0\0" + tiff([(0x8769, 4, 1, 8)]) + b"\x08\0\0\0")), "fine")
    case("exif_far_away", jpeg(segment(0xe1, b"Exif\0\0II*\0\xff\xff\xff\xff")), "fine")


def profiles():
    deep = b"mpet\0\0\0\0" + struct.pack(">HHI", 3, 3, 0xffffff) + b"".join(
        struct.pack(">II", 0, 1 << 16) for _ in range(2000))
    tags = [(b"A2B%d" % (i % 3), 132 + 12 * 100, len(deep)) for i in range(100)]
    nested = profile(tags, bodies=deep)
    curve = b"curv\0\0\0\0" + struct.pack(">I", 0xffffffff)
    curves = [(n, 132 + 72, 12) for n in (b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC")]
    table = b"mft2\0\0\0\0\3\3\xff\0" + bytes(36) + b"\xff\xff\xff\xff" + bytes(64)
    for name, data in (("nested", nested), ("4_billion_tags", profile([], count=0xffffffff)),
                       ("4_gb", profile([], size=0xffffffff)), ("curves_of_8_gb", profile(curves, bodies=curve)),
                       ("table_of_255_cubed", profile([(b"A2B0", 144, len(table))], bodies=table)),
                       ("tags_outside", profile([(b"rXYZ", 0xfffffff0, 0x20)])), ("of_inks", profile([], space=b"CMYK"))):
        case(f"jpeg_icc_{name}", jpeg(*icc(data)), "fine")
        case(f"png_icc_{name}", png(8, 8, before=chunk(b"iCCP", b"x\0\0" + zlib.compress(data))), "fine")
        case(f"webp_icc_{name}", riff(extended(0x20, 97, 61), piece(b"ICCP", data),
                                      (DATA / "lossy.webp").read_bytes()[12:]), "fine")
    case("jpeg_icc_of_16_mb", jpeg(*icc(nested + bytes(65519 * 255 - len(nested)))), "fine")
    case("png_icc_unpacks_to_a_gigabyte", png(8, 8, before=chunk(b"iCCP", b"x\0\0" + zeros(1 << 30))), "fine")
    small = profile([], size=1 << 20).ljust(1 << 20, b"\0")
    packer = zlib.compressobj(9)
    long = packer.compress(small) + b"".join(packer.compress(bytes(1 << 20)) for _ in range(2000)) + packer.flush()
    case("png_icc_of_1_mb_unpacks_to_2_gigabytes", png(8, 8, before=chunk(b"iCCP", b"x\0\0" + long)), "fine")


def main():
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for family in (sizes, repetition, orientation, profiles):
        family()
    for name, data, _ in CASES:
        (folder / name).write_bytes(data)
    (folder / "expected.txt").write_text("".join(f"{name}\t{words}\n" for name, _, words in CASES))
    print(f"{len(CASES)} hostile pictures in {folder}")
    return subprocess.run([Path(sys.argv[2]).resolve(), "."], cwd=folder).returncode if len(sys.argv) > 2 else 0


if __name__ == "__main__":
    sys.exit(main())
