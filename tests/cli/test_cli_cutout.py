"""What `inspyr cutout` writes, and what it never writes over."""
import os

import tiny_png
from program import NANO, CommandTest, main, photo


def content(path):
    with open(path, "rb") as f:
        return f.read()


class Results(CommandTest):
    def test_a_picture_may_be_called_like_a_margin(self):
        photo("30")
        self.run_it("cutout", "-c", "30", "-o", "y.png")

    def test_a_result_has_the_kind_and_size_that_were_asked_for(self):
        photo("x.png")
        self.run_it("cutout", "x.png")
        self.run_it("cutout", "x.png", "--type", "map")
        self.run_it("cutout", "x.png", "--type", "#0000FF", "-o", "sub/")
        for path, channels in (("x_cutout.png", 4), ("x_map.png", 1), ("sub/x_colour.png", 3)):
            self.assertEqual(tiny_png.read(path)[:3], (64, 48, channels), path)

    def test_the_suffix_or_the_format_chooses_the_file(self):
        photo("x.png")
        self.run_it("cutout", "x.png", "-o", "a.webp")
        self.run_it("cutout", "x.png", "-o", "a.jpg", "--type", "#ffffff")
        self.run_it("cutout", "x.png", "-o", "a", "--format", "pam")
        self.run_it("cutout", "x.png", "--format", "pam", "--type", "map")
        self.assertEqual(content("a.webp")[8:12], b"WEBP")
        self.assertEqual(content("a.jpg")[:3], b"\xff\xd8\xff")
        self.assertEqual(content("a")[:3], b"P7\n")
        self.assertEqual(content("x_map.pam")[:3], b"P7\n")

    def test_a_crop_lies_inside_the_picture(self):
        photo("x.png", 96, 64)
        found = self.run_json("cutout", "x.png", "--crop=3")[0]
        width, height, _, _ = tiny_png.read("x_cutout.png")
        self.assertEqual((width, height), (found["output_width"], found["output_height"]))
        self.assertEqual((found["width"], found["height"]), (96, 64))
        if found["subject"]:
            box = found["subject"]
            self.assertEqual(width, min(96, box["x"] + box["width"] + 3) - max(0, box["x"] - 3))
            self.assertEqual(height, min(64, box["y"] + box["height"] + 3) - max(0, box["y"] - 3))

    def test_one_bad_file_is_reported_and_the_others_go_on(self):
        photo("a.png")
        photo("c.png")
        with open("b.png", "wb") as f:
            f.write(b"not a picture at all")
        done = self.run_it("cutout", "a.png", "b.png", "missing.png", "c.png", "-o", "out", code=1)
        self.assertIn(b"inspyr: b.png: ", done.stderr)
        self.assertIn(b"inspyr: missing.png: ", done.stderr)
        self.assertEqual(sorted(os.listdir("out")), ["a_cutout.png", "c_cutout.png"])
        tiny_png.read("out/a_cutout.png")
        tiny_png.read("out/c_cutout.png")

    def test_a_picture_over_the_limit_is_refused(self):
        photo("x.png", 1200, 900)
        self.assertIn(b"x.png", self.run_it("cutout", "x.png", "--limit", "1", code=1).stderr)
        self.run_it("cutout", "x.png", "--limit", "2")

    def test_times_name_every_stage(self):
        photo("x.png")
        photo("y.png")
        lines = self.run_it("cutout", "x.png", "y.png", "--times").stdout.decode().splitlines()
        self.assertEqual(lines[0].split(), ["decode", "prepare", "network", "matte", "foreground", "compose",
                                            "encode", "total", "input", "milliseconds"])
        self.assertRegex(lines[-1], r"^model loaded in [\d.]+ ms: reading [\d.]+, packing [\d.]+, cache off$")
        self.assertEqual([line.split()[-1] for line in lines[1:-1]], ["x.png", "y.png", "mean"])
        self.assertEqual(lines[3].split()[8], "-")
        for line in lines[1:-1]:
            numbers = [float(word) for word in line.split()[:8]]
            self.assertAlmostEqual(sum(numbers[:7]), numbers[7], delta=0.5)

    def test_the_built_in_network_can_be_named_and_can_come_from_a_file(self):
        photo("x.png")
        for path, model in (("named.png", "builtin"), ("file.png", NANO)):
            self.run_it("cutout", "x.png", "-o", path, "--model", model)
        self.run_it("cutout", "x.png")
        self.assertEqual(content("named.png"), content("x_cutout.png"))
        self.assertEqual(content("file.png"), content("x_cutout.png"))

    def test_a_bad_weight_file_ends_everything(self):
        photo("x.png")
        for model in ("x.png", "missing.safetensors"):
            done = self.run_it("cutout", "x.png", "--model", model, code=1)
            self.assertIn(b"inspyr: " + model.encode() + b": ", done.stderr)
            self.assertEqual(done.stderr.count(model.encode()), 1)
        self.assertEqual(os.listdir(), ["x.png"])

    def test_one_thread_gives_the_same_bytes(self):
        for name in "abcdef":
            photo(name + ".png", blue=ord(name))
        inputs = [name + ".png" for name in "abcdef"]
        self.run_it("cutout", *inputs, "-o", "one", "--threads", "1")
        self.run_it("cutout", *inputs, "-o", "many", "--threads", "3")
        for name in os.listdir("one"):
            self.assertEqual(content("one/" + name), content("many/" + name))


class Folders(CommandTest):
    def test_a_folder_is_walked_in_natural_order(self):
        os.mkdir("in")
        names = ["a.png", "frame1.png", "frame2.png", "frame10.png", "frame010b.png", "frame100.png", "z9z10.png",
                 "z10z2.png"]
        for name in names:
            photo("in/" + name, 16, 16)
        found = [os.path.basename(line["input"]) for line in self.run_json("cutout", "in", "-o", "out")]
        self.assertEqual(found, names)

    def test_a_folder_gives_its_pictures_and_nothing_else(self):
        os.makedirs("in/inner.png")
        photo("in/plain", 16, 16)
        photo("in/UPPER.PNG", 16, 16)
        photo("in/.hidden.png", 16, 16)
        photo("in/inner.png/deep.png", 16, 16)
        os.mkfifo("in/pipe.png")
        for name, text in (("notes.txt", "P5 is not always a picture"), ("empty", ""), ("broken.jpg", "?")):
            with open("in/" + name, "w") as f:
                f.write(text)
        found = self.run_json("cutout", "in", "-o", "out", code=1)
        self.assertEqual([(line["input"], line["status"] == "OK") for line in found],
                         [("in/UPPER.PNG", True), ("in/broken.jpg", False), ("in/plain", True)])

    def test_an_empty_folder_is_an_error(self):
        os.mkdir("in")
        photo("x.png")
        self.assertIn(b"in: no pictures", self.run_it("cutout", "in", code=1).stderr)
        self.run_it("cutout", "in", "x.png", "-o", "out", code=1)
        self.assertEqual(os.listdir("out"), ["x_cutout.png"])


class Overwriting(CommandTest):
    def setUp(self):
        super().setUp()
        photo("x.png")
        self.original = content("x.png")

    def refused(self, *arguments):
        done = self.run_it("cutout", *arguments, "--force", code=2)
        self.assertIn(b"overwrite the input", done.stderr)
        self.assertEqual(content("x.png"), self.original)
        self.assert_no_leftovers()

    def test_an_input_is_never_overwritten(self):
        self.refused("x.png", "-o", "x.png")
        self.refused("x.png", "-o", "./x.png")
        self.refused("x.png", "-o", os.path.abspath("x.png"))

    def test_nor_through_a_symbolic_link(self):
        os.symlink("x.png", "link.png")
        self.refused("x.png", "-o", "link.png")
        self.refused("link.png", "-o", "x.png")
        os.mkdir("out")
        os.symlink("../x.png", "out/x_cutout.png")
        self.refused("x.png", "-o", "out")

    def test_nor_through_a_hard_link(self):
        os.link("x.png", "hard.png")
        self.refused("x.png", "-o", "hard.png")

    def test_nor_another_input_of_the_same_run(self):
        photo("x_cutout.png")
        self.refused("x_cutout.png", "x.png")

    def test_nor_through_the_standard_output(self):
        with open("x.png", "ab") as out:
            self.run_it("cutout", "x.png", "-o", "-", code=2, stdout=out)
        self.assertEqual(content("x.png"), self.original)

    def test_a_sheet_does_not_either(self):
        self.run_it("sheet", "x.png", "-o", "x.png", "--force", code=2)
        self.assertEqual(content("x.png"), self.original)

    def test_results_are_replaced_only_with_force(self):
        with open("y.png", "w") as f:
            f.write("mine")
        done = self.run_it("cutout", "x.png", "-o", "y.png", code=1)
        self.assertIn(b"--force", done.stderr)
        self.assertEqual(content("y.png"), b"mine")
        os.chmod("y.png", 0o600)
        self.run_it("cutout", "x.png", "-o", "y.png", "--force")
        self.assertEqual(tiny_png.read("y.png")[:3], (64, 48, 4))
        self.assertEqual(os.stat("y.png").st_mode & 0o777, 0o600)

    def test_a_link_to_a_result_is_followed(self):
        os.mkdir("elsewhere")
        with open("elsewhere/real.png", "w") as f:
            f.write("old")
        os.symlink("elsewhere/real.png", "y.png")
        self.run_it("cutout", "x.png", "-o", "y.png", "--force")
        self.assertTrue(os.path.islink("y.png"))
        tiny_png.read("elsewhere/real.png")
        os.symlink("nowhere/at/all.png", "dangling.png")
        self.run_it("cutout", "x.png", "-o", "dangling.png", "--force", code=1)
        self.assert_no_leftovers("elsewhere")

    def test_two_results_of_one_name_are_an_error_before_anything_is_done(self):
        os.mkdir("other")
        photo("other/x.jpg")
        photo("first.png")
        done = self.run_it("cutout", "first.png", "x.png", "other/x.jpg", "-o", "out", code=2)
        for name in (b"'x.png'", b"'other/x.jpg'", b"'out/x_cutout.png'"):
            self.assertIn(name, done.stderr)
        self.assertFalse(os.path.exists("out"))
        self.run_it("cutout", "x.png", "x.png", code=2)


main()
