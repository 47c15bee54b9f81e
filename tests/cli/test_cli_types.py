"""Every --type of `inspyr cutout`, what goes with it, and what the results are called."""
import os

import tiny_png
from program import DEMO, CommandTest, main, photo

WIDTH, HEIGHT = 150, 100


def content(path):
    with open(path, "rb") as f:
        return f.read()


class Types(CommandTest):
    @classmethod
    def setUpClass(cls):
        """A cat, at every third pixel: hard and soft edges, all there is."""
        width, _, _, pixels = tiny_png.read(os.path.join(DEMO, "chelsea.png"))
        places = (9 * (y * width + x) for y in range(HEIGHT) for x in range(WIDTH))
        cls.source = b"".join(pixels[at:at + 3] for at in places)

    def setUp(self):
        super().setUp()
        tiny_png.write("x.png", WIDTH, HEIGHT, 3, self.source)

    def cut(self, *arguments, target="out.png"):
        """The pixels of a result."""
        self.run_it("cutout", "x.png", "-o", target, "--force", *arguments)
        width, height, channels, pixels = tiny_png.read(target)
        self.assertEqual((width, height), (WIDTH, HEIGHT))
        return channels, pixels

    def matte(self, *arguments):
        channels, pixels = self.cut("--type", "map", *arguments)
        self.assertEqual(channels, 1)
        return pixels

    def assert_near(self, a, b, most):
        self.assertEqual(len(a), len(b))
        self.assertLessEqual(max(abs(x - y) for x, y in zip(a, b)), most)

    def named(self, *arguments):
        """What the result is called."""
        before = set(os.listdir())
        self.run_it("cutout", "x.png", *arguments)
        name, = set(os.listdir()) - before
        os.unlink(name)
        return name

    def test_named_colours_are_those_of_the_python_package(self):
        green = self.cut("--type", "green")
        self.assertEqual(green, self.cut("--type", "#78ff9b"))
        self.assertEqual(green, self.cut("--type", "[120, 255, 155]"))
        self.assertEqual(green, self.cut("--type", "[120,255,155]"))
        self.assertEqual(self.cut("--type", "white"), self.cut("--type", "#FFFFFF"))
        self.assertNotEqual(green, self.cut("--type", "white"))

    def test_results_are_called_by_their_type(self):
        for kind in ("map", "green", "white"):
            self.assertEqual(self.named("--type", kind), f"x_{kind}.png")
        self.assertEqual(self.named(), "x_cutout.png")
        self.assertEqual(self.named("--type", "[1, 2, 3]"), "x_colour.png")

    def test_the_newer_ones_too(self):
        photo("deep beach.v2.png", 8, 8)
        for kind in ("blur", "overlay"):
            self.assertEqual(self.named("--type", kind), f"x_{kind}.png")
        self.assertEqual(self.named("--type", "deep beach.v2.png"), "x_deep beach.v2.png")
        self.assertEqual(self.named("--reverse"), "x_cutout_reverse.png")
        self.assertEqual(self.named("--type", "map", "-R"), "x_map_reverse.png")

    def test_reverse_keeps_the_background(self):
        self.assert_near(self.matte("--reverse"), [255 - a for a in self.matte()], 1)

    def test_a_threshold_leaves_two_levels(self):
        soft, hard = self.matte(), self.matte("--threshold", "0.25")
        self.assertLessEqual(set(hard), {0, 255})
        for a, b in zip(soft, hard):
            if abs(a - 63.75) > 1:
                self.assertEqual(b, 255 if a > 63.75 else 0)

    def test_a_picture_is_put_behind(self):
        tiny_png.write("beach.png", 7, 5, 3, bytes((10, 20, 30)) * 35)
        self.assert_near(self.cut("--type", "beach.png")[1], self.cut("--type", "#0a141e")[1], 1)

    def test_a_picture_that_cannot_be_read_ends_everything(self):
        with open("beach.jpg", "w") as f:
            f.write("no picture")
        self.assertIn(b"beach.jpg: ", self.run_it("cutout", "x.png", "--type", "beach.jpg", code=1).stderr)
        self.assertEqual(sorted(os.listdir()), ["beach.jpg", "x.png"])

    def test_blur_leaves_the_subject_and_softens_the_rest(self):
        matte, (channels, little), (_, much) = self.matte(), self.cut("--type", "blur", "--blur", "0.5"), \
            self.cut("--type", "blur", "--blur", "40")
        self.assertEqual(channels, 3)
        self.assertNotEqual(little, much)
        for i, a in enumerate(matte):
            if a == 255:
                self.assert_near(much[3 * i:3 * i + 3], self.source[3 * i:3 * i + 3], 2)

    def test_overlay_is_a_picture(self):
        channels, pixels = self.cut("--type", "overlay")
        self.assertEqual(channels, 3)
        for i, a in enumerate(self.matte()):
            if a == 0:
                self.assertIn(pixels[3 * i:3 * i + 3], (self.source[3 * i:3 * i + 3], bytes((120, 255, 155))))
            if a == 255:
                self.assertNotEqual(pixels[3 * i:3 * i + 3], self.source[3 * i:3 * i + 3])

    def test_linear_light_mixes_otherwise_and_only_at_soft_edges(self):
        matte, plain, linear = self.matte(), self.cut("--type", "white")[1], self.cut("--type", "white", "--linear")[1]
        soft = [i for i, a in enumerate(matte) if 0 < a < 255]
        self.assertGreater(len(soft), 100)
        self.assertNotEqual(plain, linear)
        for i, a in enumerate(matte):
            if a in (0, 255):
                self.assert_near(plain[3 * i:3 * i + 3], linear[3 * i:3 * i + 3], 1)

    def test_every_type_but_rgba_goes_into_jpeg(self):
        for kind in ("map", "green", "white", "[1, 2, 3]"):
            self.run_it("cutout", "x.png", "--type", kind, "-o", "y.jpg", "--force")
            self.assertEqual(content("y.jpg")[:3], b"\xff\xd8\xff")
        self.assertIn(b"no transparency", self.run_it("cutout", "x.png", "-o", "y.jpg", "--force", code=2).stderr)

    def test_the_newer_ones_go_into_jpeg_too(self):
        for kind in ("blur", "overlay", "x.png"):
            self.run_it("cutout", "x.png", "--type", kind, "-o", "y.jpg", "--force")
            self.assertEqual(content("y.jpg")[:3], b"\xff\xd8\xff")

    def test_compat_is_another_arithmetic(self):
        self.assertNotEqual(self.cut("--type", "white", "--compat"), self.cut("--type", "white"))

    def test_values_are_checked_and_the_message_names_the_range(self):
        for arguments, says in ((("--type", "red"), "green, white, blur, overlay"), (("--type", "[1, 2]"), "--type"),
                                (("--type", "[1, 2, 256]"), "--type"), (("--type", "[1, 2, 3] "), "--type"),
                                (("--type", "."), "--type"),
                                (("--threshold", "1.5"), "0 to 1"), (("--threshold=-0.1",), "0 to 1"),
                                (("--threshold", "nan"), "0 to 1"), (("--threshold", "0x1"), "0 to 1"),
                                (("--type", "blur", "--blur", "0.4"), "0.5 to 250"),
                                (("--type", "blur", "--blur", "251"), "0.5 to 250"),
                                (("--blur", "3"), "--type blur"), (("--linear",), "neither rgba nor map"),
                                (("--type", "map", "--linear"), "neither rgba nor map")):
            done = self.run_it("cutout", "x.png", *arguments, code=2)
            self.assertIn(says, done.stderr.decode(), arguments)
        self.assertEqual(os.listdir(), ["x.png"])

    def test_what_compat_cannot_do_is_refused_before_anything_is_read(self):
        for arguments, says in ((("--type", "green", "--linear"), "--linear"),
                                (("--type", "blur", "--blur", "40"), "--blur")):
            done = self.run_it("cutout", "missing.png", "--compat", *arguments, code=2)
            for word in (says, "--compat"):
                self.assertIn(word, done.stderr.decode())
            self.assertNotIn(b"INSPYR_", done.stderr)
        self.cut("--compat", "--type", "blur", "--blur", "15")

    def test_a_background_that_is_not_there_is_called_that(self):
        os.mkdir("folder.d")
        for text, says in (("missing.jpg", "No such file"), ("./red", "No such file"), ("folder.d", "a folder")):
            done = self.run_it("cutout", "x.png", "--type", text, code=2)
            self.assertIn(f"--type: {text}: ", done.stderr.decode())
            self.assertIn(says, done.stderr.decode())


main()
