"""Pictures read in a process of their own."""
import os
import subprocess

from program import PROGRAM, CommandTest, main, photo

HAS = b"sandbox" in subprocess.run([PROGRAM, "info", "--build"], stdout=subprocess.PIPE, check=False).stdout


class Sandbox(CommandTest):
    def setUp(self):
        super().setUp()
        if not HAS:
            self.skipTest("this build has no sandbox")
        photo("x.png")

    def read(self, path):
        with open(path, "rb") as f:
            return f.read()

    def test_every_command_that_draws_reads_the_same_there(self):
        for name, arguments in (("cutout", ("x.png",)), ("draw", ("x.png", "-e", "color")), ("sheet", ("x.png",))):
            self.run_it(name, *arguments, "-o", "outside.png")
            self.run_it(name, *arguments, "-o", "inside.png", "--sandbox")
            self.assertEqual(self.read("outside.png"), self.read("inside.png"), name)
            os.remove("outside.png")
            os.remove("inside.png")

    def test_a_damaged_picture_is_refused_as_outside_and_the_others_are_read(self):
        with open("a.png", "wb") as f:
            f.write(self.read("x.png")[:60])
        outside = self.run_json("cutout", "a.png", "x.png", "--force", code=1)
        inside = self.run_json("cutout", "a.png", "x.png", "--force", "--sandbox", code=1)
        self.assertEqual([r.get("message") for r in outside], [r.get("message") for r in inside])
        self.assertEqual([r["status"] for r in inside], [r["status"] for r in outside])

    def test_what_cannot_be_read_there_is_refused(self):
        self.assertIn(b"sandbox", self.run_it("cutout", "x.png", "--heif", "--sandbox", code=1).stderr)

    def test_without_its_helper_nothing_is_read_outside_instead(self):
        copy = os.path.abspath("inspyr")
        library = os.path.join(os.path.dirname(PROGRAM))
        if not any(n.startswith("libinspyr.so.") for n in os.listdir(library)):
            self.skipTest("the library is not beside the command")
        with open(copy, "wb") as f:
            f.write(self.read(PROGRAM))
        os.chmod(copy, 0o755)
        os.mkdir("lib")
        for name in os.listdir(library):
            if name.startswith("libinspyr.so."):
                with open(os.path.join("lib", name), "wb") as f:
                    f.write(self.read(os.path.join(library, name)))
        done = subprocess.run([copy, "cutout", "x.png", "--sandbox"], stderr=subprocess.PIPE, check=False,
                              env=dict(os.environ, LD_LIBRARY_PATH=os.path.abspath("lib"), INSPYR_PLUGIN_PATH=""))
        if b"inspyr-decode is not installed" not in done.stderr:
            self.skipTest("the command has a run path, or a helper is installed")
        self.assertEqual(done.returncode, 1)
        self.assertFalse(os.path.exists("x_cutout.png"))


if __name__ == "__main__":
    main()
