"""`inspyr draw`, `inspyr effects` and `--effects` of cutout and sheet."""
import os
import re

import tiny_png
from program import ROOT, CommandTest, main, photo

CLASSIC = ["color", "enhancedblackwhite", "popart", "dithering"]


class Effects(CommandTest):
    def setUp(self):
        super().setUp()
        photo("cat.png")

    def table(self):
        return [row for row in self.run_json("effects") if "name" in row]

    def test_draw_writes_one_file_per_effect(self):
        self.run_it("draw", "cat.png", "--effects", "classic", "-o", "out/")
        self.assertEqual(sorted(os.listdir("out")), sorted(f"cat_{name}.png" for name in CLASSIC))
        self.assertEqual(tiny_png.read("out/cat_color.png"), tiny_png.read("cat.png"))
        self.assert_no_leftovers("out")

    def test_draw_keeps_alpha(self):
        pixels = bytes(range(4 * 6 * 5))
        tiny_png.write("clear.png", 6, 5, 4, pixels)
        for name in [row["name"] for row in self.table()]:
            self.run_it("draw", "clear.png", "-e", name, "-o", "out.png", "--force")
            width, height, channels, drawn = tiny_png.read("out.png")
            self.assertEqual((width, height, channels, drawn[3::4]), (6, 5, 4, pixels[3::4]))

    def test_cutout_draws_on_the_cut_out(self):
        self.run_it("cutout", "cat.png", "-o", "plain.png")
        row, = self.run_json("cutout", "cat.png", "--effects", "color,popart:contrast=3,saturation=1", "-o", "out/")
        self.assertEqual([one["effect"] for one in row["outputs"]],
                         ["color@1", "popart@1:contrast=3,saturation=1"])
        self.assertIn("effects", row["ms"])
        self.assertEqual(sorted(os.listdir("out")), ["cat_color.png", "cat_popart.png"])
        self.assertEqual(tiny_png.read("out/cat_color.png"), tiny_png.read("plain.png"))

    def test_the_same_effect_twice_has_two_names(self):
        self.run_it("draw", "cat.png", "-e", "sketch,sketch:radius=3", "-o", "out/")
        self.assertEqual(sorted(os.listdir("out")), ["cat_sketch.png", "cat_sketch_2.png"])

    def test_the_seed_moves_the_grain(self):
        drawn = []
        for seed in "5", "6", "5":
            self.run_it("draw", "cat.png", "-e", "enhancedblackwhite", "--seed", seed, "-o", "out.png", "--force")
            drawn.append(tiny_png.read("out.png"))
        self.assertEqual(drawn[0], drawn[2])
        self.assertNotEqual(drawn[0], drawn[1])

    def test_a_preview_is_smaller(self):
        self.run_it("draw", "cat.png", "-e", "popart", "-o", "full.png")
        self.run_it("draw", "cat.png", "-e", "popart", "--preview", "20", "-o", "small.png")
        full, small = tiny_png.read("full.png"), tiny_png.read("small.png")
        self.assertEqual(max(small[0], small[1]), 20)
        self.assertAlmostEqual(small[0] / small[1], full[0] / full[1], delta=0.06)
        self.run_it("draw", "cat.png", "-e", "popart", "--preview", "0", "-o", "no.png", code=2)

    def test_results_that_exist_stay_without_force(self):
        self.run_it("draw", "cat.png", "-e", "color,popart", "-o", "out/")
        done = self.run_it("draw", "cat.png", "-e", "color,popart", "-o", "out/", code=1)
        self.assertIn(b"--force", done.stderr)
        self.run_it("draw", "cat.png", "-e", "color,popart", "-o", "out/", "--force")

    def test_one_effect_goes_from_pipe_to_pipe(self):
        with open("cat.png", "rb") as file:
            done = self.run_it("draw", "-", "-e", "color", "-o", "-", input=file.read())
        self.assertEqual(done.stdout[:4], b"\x89PNG")

    def test_wrong_usage_says_what_there_is(self):
        for arguments, text in (
                (["draw", "cat.png"], "--effects"),
                (["draw", "-e", "popart"], "pictures"),
                (["draw", "cat.png", "-e", "popert"], "did you mean 'popart'?"),
                (["cutout", "cat.png", "-e", "popart:contrast=9"], "from 0 to 8"),
                (["draw", "cat.png", "-e", "classic", "-o", "out.png"], "several results need a folder"),
                (["draw", "cat.png", "-e", "classic", "-o", "-"], "only one result"),
                (["effects", "popert"], "did you mean 'popart'?"),
                (["effects", "popart", "sketch"], "one effect, or all")):
            done = self.run_it(*arguments, code=2)
            self.assertIn(text, done.stderr.decode())

    def test_the_table_says_what_the_library_takes(self):
        for row in self.table():
            for parameter in row["parameters"]:
                for end in (parameter.get("min"), parameter.get("max")):
                    if end is not None:
                        self.run_it("draw", "cat.png", "-e", f"{row['name']}:{parameter['name']}={end:g}", "-o",
                                    "out.png", "--force")
                if "max" in parameter:
                    self.run_it("draw", "cat.png", "-e", f"{row['name']}:{parameter['name']}={parameter['max'] + 1:g}",
                                "-o", "out.png", "--force", code=2)

    def test_the_page_has_the_table_of_the_command(self):
        with open(os.path.join(ROOT, "docs", "effects.md"), encoding="utf-8") as file:
            page = file.read()
        for row in self.table():
            newest = f" to {row['newest']}" if row["newest"] > row["version"] else ""
            self.assertIn(f"| `{row['name']}` | {row['version']}{newest} | {row['text']} | {row['bytes_per_pixel']} |",
                          page)
            for parameter in row["parameters"]:
                default = parameter["default"]
                default = {True: "on", False: "off"}[default] if isinstance(default, bool) else default
                span = (f"{parameter['min']:g} to {parameter['max']:g}" if "min" in parameter
                        else parameter.get("words", "on, off" if parameter["kind"] == "switch" else "RRGGBB"))
                shown = default if isinstance(default, str) else f"{default:g}"
                span = span.replace("|", ", ")
                self.assertIn(f"| `{row['name']}` | `{parameter['name']}` | {span} | {shown} | {parameter['unit']} | "
                              f"{parameter['text']} |", page)
        documented = re.findall(r"^\| `\w+` \| `\w+` \|", page, re.M)
        self.assertEqual(len(documented), sum(len(row["parameters"]) for row in self.table()))

    def test_the_sheet_shows_them_beside_the_cut_out(self):
        self.run_it("sheet", "cat.png", "-o", "two.png")
        self.run_it("sheet", "cat.png", "-e", "popart,sketch", "-o", "four.png")
        two, four = tiny_png.read("two.png"), tiny_png.read("four.png")
        self.assertEqual(four[0] - two[0], 2 * (64 + 6))


main()
