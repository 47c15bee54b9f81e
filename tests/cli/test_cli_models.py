"""`inspyr models`, and what the names it lists lead to."""
import hashlib
import os
import shutil

from program import NANO, CommandTest, main, photo


class Models(CommandTest):
    def setUp(self):
        super().setUp()
        self.environment = {name: value for name, value in os.environ.items()
                            if name not in ("INSPYR_MODEL_DIR", "INSPYR_CACHE_DIR", "XDG_CACHE_HOME", "HOME")}
        self.environment["INSPYR_MODEL_DIR"] = "models"
        self.saved = dict(os.environ)
        os.environ.clear()
        os.environ.update(self.environment)
        self.addCleanup(self.restore)

    def restore(self):
        os.environ.clear()
        os.environ.update(self.saved)

    def models(self, *arguments, code=0):
        report, = self.run_json("models", *arguments, code=code)
        return {model["name"]: model for model in report["models"]}

    def put(self, name, content=b"some bytes"):
        os.makedirs("models", exist_ok=True)
        with open("models/" + name, "wb") as f:
            f.write(content)
        return content

    def record(self, name, content):
        with open(f"models/{name}.sha256", "w") as f:
            f.write(f"{hashlib.sha256(content).hexdigest()}  {name}\n")

    def test_what_can_be_had_is_listed_with_its_licence(self):
        models = self.models()
        self.assertEqual(list(models), ["builtin", "base", "fast", "base-nightly"])
        self.assertTrue(models["builtin"]["present"])
        for name, size in (("base", 1024), ("fast", 384), ("base-nightly", 1024)):
            self.assertEqual((models[name]["present"], models[name]["size"], models[name]["base_size"],
                              models[name]["licence"], models[name]["get"]),
                             (False, None, size, "MIT", f"inspyr pull {name}"))

    def test_what_is_there_is_listed_with_path_and_size(self):
        self.put("ckpt_base.pth")
        self.put("mine.safetensors", b"12345")
        self.put("notes.txt")
        models = self.models()
        self.assertEqual(list(models), ["builtin", "base", "fast", "base-nightly", "mine.safetensors"])
        self.assertEqual((models["base"]["path"], models["base"]["size"], models["base"]["checksum"]),
                         ("models/ckpt_base.pth", 10, "not checked"))
        self.assertEqual(models["mine.safetensors"]["size"], 5)

    def test_check_tells_good_from_wrong(self):
        self.put("ckpt_base.pth")
        self.record("ckpt_base_nightly.pth", self.put("ckpt_base_nightly.pth", b"as it came"))
        self.put("mine.safetensors")
        models = self.models("--check", code=1)
        if models["base"]["checksum"] == "not readable":
            self.skipTest("this build has no checksums")
        self.assertEqual([models[name]["checksum"] for name in ("base", "base-nightly", "mine.safetensors")],
                         ["wrong", "good", "nothing to compare"])
        os.unlink("models/ckpt_base.pth")
        self.assertEqual(self.models("--check")["base-nightly"]["checksum"], "good")
        self.put("ckpt_base_nightly.pth", b"as it is now")
        self.assertEqual(self.models("--check", code=1)["base-nightly"]["checksum"], "wrong")

    def test_people_are_told_the_same(self):
        self.put("ckpt_fast.pth", b"x" * (1 << 20))
        said = self.run_it("models").stdout.decode()
        for text in ("builtin", "inspyr pull base\n", "1.0 MiB", "models/ckpt_fast.pth", "Taehun Kim", "research",
                     "folder: models\n"):
            self.assertIn(text, said)

    def test_the_folder_is_found_as_the_manual_says(self):
        def folder():
            report, = self.run_json("models")
            return report["folder"]

        os.environ.update(INSPYR_CACHE_DIR="/own", XDG_CACHE_HOME="/xdg", HOME="/home/me")
        for name, want in (("INSPYR_MODEL_DIR", "models"), ("INSPYR_CACHE_DIR", "/own/models"),
                           ("XDG_CACHE_HOME", "/xdg/inspyr/models"), ("HOME", "/home/me/.cache/inspyr/models")):
            self.assertEqual(folder(), want)
            del os.environ[name]
        self.assertIsNone(folder())
        os.environ.update(XDG_CACHE_HOME="relative", HOME="/home/me")
        self.assertEqual(folder(), "/home/me/.cache/inspyr/models")

    def test_a_network_that_is_not_there_names_the_way_to_get_it(self):
        photo("x.png")
        for name in ("base", "fast", "base-nightly"):
            said = self.run_it("cutout", "x.png", "--model", name, code=1).stderr.decode()
            self.assertIn(f"inspyr pull {name}", said)
            self.assertIn(f"inspyr pull {name}", self.run_it("convert", name, "-o", "x.safetensors", code=1)
                          .stderr.decode())
        del os.environ["INSPYR_MODEL_DIR"]
        said = self.run_it("cutout", "x.png", "--model", "base", code=1).stderr.decode()
        self.assertIn("INSPYR_MODEL_DIR", said)
        self.assertEqual(os.listdir(), ["x.png"])

    def test_a_name_that_is_nowhere_tells_where_it_was_looked_for(self):
        photo("x.png")
        for arguments in (("cutout", "x.png"), ("info",)):
            said = self.run_it(*arguments, "--model", "bse", code=1).stderr.decode()
            self.assertIn("model folder (models)", said)
        self.assertIn("model folder (models)", self.run_it("convert", "bse", "-o", "y.safetensors", code=1)
                      .stderr.decode())

    def test_a_network_where_a_file_is_expected_is_explained(self):
        for name in ("base", "builtin"):
            self.assertIn(f"--model {name}", self.run_it("info", name, code=1).stderr.decode())
        self.assertIn("--model builtin", self.run_it("convert", "builtin", "-o", "y.safetensors", code=2)
                      .stderr.decode())

    def test_a_file_in_the_folder_can_be_named(self):
        photo("x.png")
        os.mkdir("models")
        shutil.copy(NANO, "models/mine.safetensors")
        self.run_it("cutout", "x.png", "--model", "mine.safetensors")
        self.assertEqual(self.run_json("info", "--model", "mine.safetensors")[0]["name"], "nano")
        os.mkdir("other")
        shutil.copy("x.png", "mine.safetensors")  # a file here is meant before one there
        self.run_it("cutout", "x.png", "--model", "mine.safetensors", "-o", "other/", code=1)

    def test_without_a_home_everything_but_the_folder_works(self):
        photo("x.png")
        del os.environ["INSPYR_MODEL_DIR"]
        self.assertEqual(self.run_it("cutout", "x.png", "--model", NANO, "--quiet").stderr, b"")
        self.assertIn(b"INSPYR_MODEL_DIR", self.run_it("models").stdout)

    def test_wrong_usage(self):
        self.run_it("models", "base", code=2)
        self.run_it("models", "--chekc", code=2)


main()
