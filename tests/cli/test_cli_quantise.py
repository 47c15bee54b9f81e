"""`inspyr quantise`, judged by a reader of our own."""
import os
import unittest

import weight_files
from program import ROOT, CommandTest, main, photo

TINY = os.path.join(ROOT, "tests", "data", "net", "tiny.safetensors")
SWIN = os.path.abspath(os.path.join(os.environ.get("INSPYR_SHARED", os.path.join(ROOT, "..", "shared")), "parity",
                                    "tiny_swin.pth"))


def content(path):
    with open(path, "rb") as f:
        return f.read()


class Quantise(CommandTest):
    def setUp(self):
        super().setUp()
        os.mkdir("photos")
        for i in range(3):
            photo(f"photos/{i}.png", 64 + 16 * i, 64, 40 * i)

    def quantise(self, source, *arguments, folder="photos", code=0):
        done = self.run_it("quantise", "--calibrate", folder, source, "-o", "out.safetensors", *arguments, code=code)
        self.assert_no_leftovers()
        self.assertEqual(os.path.exists("out.safetensors"), code == 0)
        return done.stderr.decode()

    def test_a_file_of_int8_is_a_model_like_any_other(self):
        self.quantise(TINY, "--bound", "0.5", "--name", "small")
        about = self.run_json("info", "--model", "out.safetensors", "--no-cache")[0]
        self.assertEqual(about["name"], "small")
        self.run_it("cutout", "photos/0.png", "-o", "cut.png", "--model", "out.safetensors", "--no-cache")
        self.run_it("convert", "out.safetensors", "-o", "copy.safetensors")
        self.assertEqual(weight_files.read("copy.safetensors")[1], weight_files.read("out.safetensors")[1])
        self.run_it("convert", "out.safetensors", "-o", "narrow.safetensors", "--precision", "bf16", code=1)
        self.run_it("quantise", "--calibrate", "photos", "out.safetensors", "-o", "b.safetensors", code=1)

    def test_the_same_bytes_whatever_the_threads(self):
        self.quantise(TINY, "--bound", "0.5", "-j", "1")
        once = content("out.safetensors")
        self.quantise(TINY, "--bound", "0.5", "-j", "2", "--force")
        self.assertEqual(content("out.safetensors"), once)

    def test_a_file_over_the_bound_is_not_written(self):
        said = self.quantise(TINY, "--bound", "0.000001", code=1)
        self.assertRegex(said, r"the error in int8 is 0\.\d+ with \d+ of \d+ convolutions kept in bf16, over the bound")

    def test_a_file_whose_masks_change_too_much_is_not_written(self):
        said = self.quantise(TINY, "--bound", "0.5", "--iou-bound", "0.000001", code=1)
        self.assertRegex(said, r"the change of the IoU in int8 is 0\.\d+ with \d+ of \d+ convolutions .* bound of 1e-06")

    @unittest.skipUnless(os.path.exists(SWIN), "the shared material is missing")
    def test_noise_instead_of_a_trained_network_is_over_the_bound(self):
        said = self.quantise(SWIN, "--base-size", "64", code=1)
        self.assertIn("over the bound of 0.005", said)
        self.assertIn("kept in bf16", said)
        self.quantise(SWIN, "--base-size", "64", "--bound", "0.2")

    def test_what_is_missing_or_damaged_is_named(self):
        self.assertIn("nowhere", self.quantise(TINY, folder="nowhere", code=1))
        os.mkdir("empty")
        self.assertIn("empty", self.quantise(TINY, folder="empty", code=1))
        with open("photos/9.png", "wb") as f:
            f.write(content("photos/0.png")[:60])
        self.assertIn("photos/9.png", self.quantise(TINY, code=1))
        os.remove("photos/9.png")
        with open("broken.safetensors", "wb") as f:
            f.write(content(TINY)[:-1])
        self.assertIn("broken.safetensors", self.quantise("broken.safetensors", code=1))
        self.assertIn("missing.safetensors", self.quantise("missing.safetensors", code=1))

    def test_wrong_usage_is_told_from_failure(self):
        self.assertIn("--calibrate", self.run_it("quantise", TINY, "-o", "out.safetensors", code=2).stderr.decode())
        self.run_it("quantise", "--calibrate", "photos", TINY, code=2)
        self.run_it("quantise", "--calibrate", "photos", TINY, "-o", "out.bin", code=2)
        self.quantise(TINY, "--pictures", "0", code=2)
        self.quantise(TINY, "--bound", "2", code=2)
        self.quantise(TINY, "--iou-bound", "0", code=2)
        self.quantise("builtin", code=2)
        self.assertIn("usage: inspyr quantise", self.run_it("help", "quantise").stdout.decode())


if __name__ == "__main__":
    main(needs=("builtin", "png"))
