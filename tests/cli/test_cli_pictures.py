"""Pictures that are large, of other colours than sRGB, or of formats that have to be asked for."""
import os
import struct
import zlib

import tiny_png
from program import CommandTest, main, photo


def profile():
    """An ICC profile of RGB with primaries of Display P3 and a power of 2.2, written from its layout."""
    def xyz(x, y, z):
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in (x, y, z)))
    bodies = [xyz(0.9642, 1, 0.8249), xyz(0.51512, 0.2412, -0.00105), xyz(0.29198, 0.69225, 0.04189),
              xyz(0.1571, 0.06657, 0.78407), b"curv\0\0\0\0\0\0\0\1\2\x33"]
    names, at, table = (b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"), 216, b""
    for i, name in enumerate(names):
        table += name + struct.pack(">II", at + 20 * min(i, 4), len(bodies[min(i, 4)]))
    body = struct.pack(">I", 7) + table + b"".join(bodies)
    head = struct.pack(">I4xI", 128 + len(body), 0x02100000) + b"mntrRGB XYZ " + bytes(12) + b"acsp"
    return head.ljust(128, b"\0") + body


def with_profile(path, icc):
    """Puts the profile into a PNG file."""
    with open(path, "rb") as f:
        data = f.read()
    with open(path, "wb") as f:
        f.write(data[:33] + tiny_png.chunk(b"iCCP", b"x\0\0" + zlib.compress(icc)) + data[33:])


def profile_of(path):
    with open(path, "rb") as f:
        data = f.read()
    at = data.find(b"iCCP")
    return zlib.decompress(data[data.index(b"\0", at + 4) + 2:]) if at > 0 else None


class Pictures(CommandTest):
    def test_a_picture_over_the_limit_is_refused_with_a_size_that_fits_or_shrunk(self):
        photo("x.png", 1200, 900)
        done = self.run_it("cutout", "x.png", "--limit", "1", code=1)
        self.assertIn(b"1200 x 900 are 1.08 megapixels; the limit is 1: 1154 x 866 would fit", done.stderr)
        line, = self.run_json("cutout", "x.png", "--shrink-to", "0.25")
        self.assertEqual((line["stored_width"], line["stored_height"]), (1200, 900))
        self.assertEqual((line["width"], line["height"]), (577, 433))
        self.assertEqual(tiny_png.read("x_cutout.png")[:2], (577, 433))
        self.assertEqual((line["warnings"], line["warning"]), (0, None))
        self.run_it("draw", "x.png", "-e", "color", "--shrink-to", "0.25")
        self.assertEqual(tiny_png.read("x_color.png")[:2], (577, 433))

    def test_shrinking_wants_a_size_and_is_nothing_for_the_packages_arithmetic(self):
        photo("x.png")
        self.run_it("cutout", "x.png", "--shrink-to", "0", code=2)
        self.run_it("cutout", "x.png", "--shrink-to", "401", code=2)
        self.assertIn(b"--compat", self.run_it("cutout", "x.png", "--compat", "--shrink-to", "1", code=2).stderr)

    def test_colours_keep_their_profile_where_there_is_room_for_it(self):
        photo("x.png")
        with_profile("x.png", profile())
        self.run_it("cutout", "x.png", "-e", "color", "-o", "drawn.png")
        self.run_it("cutout", "x.png")
        self.assertEqual(profile_of("x_cutout.png"), profile())
        self.assertEqual(profile_of("drawn.png"), profile())
        self.run_it("cutout", "x.png", "-t", "white", "-f", "jpg", "-o", "x.jpg")
        with open("x.jpg", "rb") as f:
            self.assertIn(b"ICC_PROFILE\0\1\1" + profile(), f.read())
        self.run_it("cutout", "x.png", "-t", "map")
        self.assertIsNone(profile_of("x_map.png"))
        self.run_it("cutout", "x.png", "-f", "pam", "-o", "x.pam")
        self.run_it("cutout", "x.png", "--compat", "-o", "compat.png")
        self.assertIsNone(profile_of("compat.png"))

    def test_heic_and_avif_have_to_be_asked_for(self):
        with open("x.heic", "wb") as f:
            f.write(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
        self.assertIn(b"HEIC", self.run_it("cutout", "x.heic", code=1).stderr)
        self.run_it("cutout", "x.heic", "--heif", code=1)
        self.assertEqual(os.listdir("."), ["x.heic"])


if __name__ == "__main__":
    main()
