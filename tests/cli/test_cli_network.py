"""The options that say which network works, where and how: the same for every command that runs one."""
import os
import shutil

import tiny_png
import weight_files
from program import NANO, CommandTest, main, photo


class Network(CommandTest):
    def setUp(self):
        super().setUp()
        photo("x.png", 192, 128)
        self.cache = os.path.join(self.folder, "cache")
        self.environment = {**os.environ, "INSPYR_CACHE_DIR": self.cache}

    def cut(self, *arguments, code=0):
        line, = self.run_json("cutout", "x.png", "--type", "map", "--force", *arguments, code=code)
        return line

    def test_values_are_checked_and_the_message_names_the_range(self):
        for arguments, says in ((("--base-size", "31"), "32 to 4096"), (("--base-size", "64x4097"), "32 to 4096"),
                                (("--base-size", "x64"), "32 to 4096"), (("--base-size", "100000000000000"), "32 to"),
                                (("--blend", "-1"), "0 to 4096"), (("--engine", "fast"), "auto, plain, onednn"),
                                (("--device", "gpu"), "cuda:N"), (("--device", "cuda:"), "cuda:N"),
                                (("--device", "cuda:0x"), "cuda:N"), (("--device", "cuda:1000"), "cuda:N"),
                                (("--precision", "fp32"), "exact, bf16, fp16"), (("--resize", "none"), "static or"),
                                (("--resize", "dynamic", "--short-side", "31"), "32 to 32767"),
                                (("--base-size", "64x"), "not '64x'"), (("--base-size", "64x31"), "not '64x31'"),
                                (("--base-size", ""), "32 to 4096"), (("--base-size", "64x64x64"), "32 to 4096"),
                                (("--blend", "64"), "--resize dynamic"),
                                (("--blend", "64", "--resize", "dynamic", "--compat"), "--compat"),
                                (("--short-side", "640"), "--resize dynamic")):
            for command in (("cutout", "x.png"), ("sheet", "x.png", "-o", "s.png"), ("eval", "."), ("info", "x.png")):
                done = self.run_it(*command, *arguments, code=2)
                self.assertIn(says, done.stderr.decode(), (command, arguments))
        self.assertEqual(os.listdir(), ["x.png"])

    def test_auto_never_fails(self):
        os.mkdir("out")
        self.run_it("cutout", "x.png", "-o", "out/", "--engine", "auto", "--device", "auto", "--precision", "auto")
        self.assertEqual(os.listdir("out"), ["x_cutout.png"])

    def test_what_every_build_has_can_be_named(self):
        for arguments in (("--device", "cpu"), ("--precision", "exact"), ("--engine", "plain")):
            self.assertEqual(self.cut(*arguments)["status"], "OK")

    def test_a_device_that_is_not_there_is_an_error(self):
        said = self.run_it("cutout", "x.png", "--device", "cuda:99", code=1).stderr.decode()
        self.assertIn("cuda:99", said)
        self.assertEqual(os.listdir(), ["x.png"])

    def test_an_engine_or_precision_that_is_not_there_is_an_error(self):
        features = self.run_json("info", "--build")[0]["features"].split()
        for name in ("torch", "onednn"):
            if name not in features:
                self.run_it("cutout", "x.png", "--engine", name, code=1)
        self.run_it("cutout", "x.png", "--engine", "plain", "--precision", "fp16", code=1)
        self.assertEqual(os.listdir(), ["x.png"])

    def test_a_report_tells_the_size_of_the_network_input(self):
        line = self.cut()
        self.assertEqual((line["network_width"], line["network_height"]), (384, 384))

    def test_dynamic_sizes_have_the_shape_of_the_picture(self):
        for arguments, size in ((("--short-side", "64"), (96, 64)), ((), (192, 128)),
                                (("--short-side", "100"), (160, 96))):
            line = self.cut("--resize", "dynamic", *arguments)
            self.assertEqual((line["network_width"], line["network_height"]), size)

    def test_sheet_and_eval_follow_them_too(self):
        os.mkdir("set")
        os.link("x.png", "set/x.jpg")
        tiny_png.write("set/x.png", 192, 128, 1, bytes(192 * 128))
        seen = set()
        for arguments in ((), ("--resize", "dynamic", "--short-side", "64")):
            self.run_it("sheet", "x.png", "-o", "sheet.png", "--force", *arguments)
            seen.add(content("sheet.png"))
            seen.add(self.run_json("eval", "set", *arguments)[0]["sets"][0]["mae"])
        self.assertEqual(len(seen), 4)

    def test_a_base_size_can_be_given(self):
        line = self.cut("--model", NANO, "--base-size", "96x64", "--no-cache")
        self.assertEqual((line["network_width"], line["network_height"]), (96, 64))

    def test_loading_is_reported(self):
        load = self.cut("--model", NANO, "--no-cache")["load"]
        self.assertEqual(set(load), {"cache", "read_ms", "pack_ms", "load_ms"})
        self.assertEqual(load["cache"], "off")
        self.assertEqual(self.cut()["load"]["cache"], "off")

    def test_loading_takes_time(self):
        load = self.cut("--model", NANO, "--no-cache")["load"]
        self.assertGreater(load["load_ms"], 0)
        self.assertLessEqual(load["read_ms"] + load["pack_ms"], load["load_ms"] * 1.01 + 0.01)

    def test_packed_weights_are_kept_for_the_next_time(self):
        def cache(*arguments):
            done = self.run_it("info", "--json", *arguments, env=self.environment)
            return done.stdout.split(b'"cache":"')[1].split(b'"')[0]

        self.assertEqual(cache("--model", NANO, "--no-cache"), b"off")
        self.assertFalse(os.path.exists(self.cache))
        self.assertEqual(cache("--model", NANO), b"written")
        self.assertEqual(cache("--model", NANO), b"hit")
        self.assertGreater(len(os.listdir(os.path.join(self.cache, "packed"))), 0)
        self.assertEqual(cache("--build"), b"off")

    def test_a_cache_that_cannot_be_made_costs_only_time(self):
        with open("cache", "w"):
            pass
        os.mkdir("out")
        for name, arguments, messages in (("x.png", (), 1), ("y.png", ("-q",), 0)):
            done = self.run_it("cutout", "x.png", "--model", NANO, "-o", "out/" + name, "--json", *arguments,
                               env=self.environment)
            tiny_png.read("out/" + name)
            self.assertEqual(done.stderr.count(b"packed weights cannot be kept"), messages, done.stderr)
            self.assertIn(b'"cache":"failed"', done.stdout)

    def test_what_it_takes_to_write_the_cache_is_named(self):
        def times():
            done = self.run_it("cutout", "x.png", "--model", NANO, "--times", "--force", env=self.environment)
            return done.stdout.decode().splitlines()[-1]

        written = times()
        self.assertRegex(written, r"reading [\d.]+, packing [\d.]+, writing [\d.]+, cache written$")
        whole, *parts = [float(word.strip(",:")) for word in written.split() if word[0].isdigit()]
        self.assertAlmostEqual(whole, sum(parts), delta=0.3)
        self.assertNotIn("writing", times())

    def test_a_blend_is_described_and_what_is_empty_is_not(self):
        blended = self.run_it("info", NANO, "--resize", "dynamic", "--blend", "600").stdout.decode()
        self.assertRegex(blended, r"blended  .*over 600 x 600")
        self.assertNotIn("blended", self.run_it("info", NANO).stdout.decode())
        metadata, tensors = weight_files.read(NANO)
        del metadata["licence"], metadata["name"], metadata["version"]
        weight_files.write("bare.safetensors", metadata, tensors)
        bare = self.run_it("info", "bare.safetensors").stdout.decode()
        self.assertIn("architecture", bare)
        for line in bare.splitlines():
            self.assertEqual(line, line.rstrip())
            self.assertNotIn(line.split()[0], ("name", "licence"))

    def test_a_published_network_has_the_licence_that_the_list_gives_it(self):
        environment = {**os.environ, "INSPYR_MODEL_DIR": "models"}
        metadata, tensors = weight_files.read(NANO)
        del metadata["licence"], metadata["name"], metadata["version"]
        os.mkdir("models")
        weight_files.write("models/ckpt_base_nightly.pth", metadata, tensors)
        said = self.run_it("info", "--model", "base-nightly", "--no-cache", env=environment).stdout.decode()
        self.assertRegex(said, r"name +base-nightly 1\.2\.12\n +licence +MIT\n")

    def test_compat_reads_pictures_as_they_are_stored(self):
        # PNG with an EXIF orientation that turns: the eXIf chunk behind the header.
        data = content("x.png")
        exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
        with open("turned.png", "wb") as f:
            f.write(data[:33] + tiny_png.chunk(b"eXIf", exif) + data[33:])
        upright, = self.run_json("cutout", "turned.png")
        self.assertEqual((upright["width"], upright["height"]), (128, 192))
        stored, = self.run_json("cutout", "turned.png", "--compat", "--force")
        self.assertEqual((stored["width"], stored["height"]), (192, 128))

    def test_info_takes_names_and_files(self):
        shutil.copy(NANO, "mine.safetensors")
        by_name, = self.run_json("info", "--model", "builtin")
        by_file, = self.run_json("info", "mine.safetensors")
        for line in (by_name, by_file):
            self.assertEqual((line["kind"], line["name"], line["base_width"]), ("model", "nano", 384))
        self.run_it("info", "--model", "builtin", "x.png", code=2)
        self.run_it("info", "--model", "builtin", "--build", code=2)


def content(path):
    with open(path, "rb") as f:
        return f.read()


main()
