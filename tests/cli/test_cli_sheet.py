"""A contact sheet shows every picture beside its cut-out."""
import os

import tiny_png
from program import CommandTest, main, photo

PAPER = b"\xf4\xf4\xf4"


class Sheet(CommandTest):
    def test_a_pair_stands_in_the_middle_of_its_margins(self):
        photo("x.png", 100, 60)
        self.run_it("sheet", "x.png", "-o", "sheet.png")
        width, height, channels, pixels = tiny_png.read("sheet.png")
        self.assertEqual((width, height, channels), (24 + 100 + 6 + 100 + 24, 24 + 60 + 24, 3))
        rows = [pixels[y * width * 3:(y + 1) * width * 3] for y in range(height)]
        self.assertEqual(rows[23], PAPER * width)
        self.assertEqual(rows[84], PAPER * width)
        _, _, _, source = tiny_png.read("x.png")
        for y in range(60):
            self.assertEqual(rows[24 + y][24 * 3:124 * 3], source[y * 300:(y + 1) * 300])
            self.assertEqual(rows[24 + y][124 * 3:130 * 3], PAPER * 6)

    def test_large_pictures_are_averaged_and_small_ones_left_alone(self):
        tiny_png.write("stripes.png", 400, 400, 3, (bytes(3) + b"\xff\xff\xff") * 80000)
        self.run_it("sheet", "stripes.png", "-o", "sheet.png", "--height", "200")
        width, _, _, pixels = tiny_png.read("sheet.png")
        self.assertEqual(width, 24 + 200 + 6 + 200 + 24)
        at = (100 * width + 100) * 3
        self.assertEqual(pixels[at:at + 3], b"\x80\x80\x80")

    def test_pairs_go_to_the_next_row_when_one_is_full(self):
        for name in "abc":
            photo(name + ".png", 100, 50)
        self.run_it("sheet", "a.png", "b.png", "c.png", "-o", "sheet.png", "--width", "500")
        self.assertEqual(tiny_png.read("sheet.png")[:2], (24 + 206 + 24 + 206 + 24, 24 + 50 + 24 + 50 + 24))

    def test_a_bad_file_leaves_no_gap(self):
        photo("a.png", 100, 50)
        with open("b.png", "w") as f:
            f.write("?")
        self.assertIn(b"b.png: ", self.run_it("sheet", "a.png", "b.png", "-o", "sheet.png", code=1).stderr)
        self.assertEqual(tiny_png.read("sheet.png")[:2], (254, 98))
        self.run_it("sheet", "b.png", "-o", "none.png", code=1)
        self.assertFalse(os.path.exists("none.png"))

    def test_a_sheet_is_replaced_only_with_force(self):
        photo("a.png")
        self.run_it("sheet", "a.png", "-o", "sheet.png")
        self.run_it("sheet", "a.png", "-o", "sheet.png", code=1)
        self.run_it("sheet", "a.png", "-o", "sheet.png", "--force")


main()
