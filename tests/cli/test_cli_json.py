"""--json is valid JSON, one object a line, whatever the files are called."""
import json
import os
import struct

import weight_files
from program import NANO, CommandTest, main, photo

AWKWARD = [b"new\nline.png", b'quo"te.png', b"back\\slash.png", b"tab\t\x01\x7f.png", b"\xc3\xa9t\xc3\xa9.png",
           b"latin-\xe9.png", b"\xed\xa0\x80surrogate.png", b"\xf4\x90\x80\x80beyond.png", b"\xc0\xafoverlong.png",
           b"\xf0\x9f\x90\x88cat.png", b"cut\xf0\x9f.png"]


class Json(CommandTest):
    def test_every_key_is_there(self):
        photo("x.png")
        line, = self.run_json("cutout", "x.png")
        self.assertEqual((line["input"], line["output"], line["error"], line["status"]),
                         ("x.png", "x_cutout.png", None, "OK"))
        self.assertEqual((line["width"], line["height"]), (64, 48))
        self.assertEqual(set(line["ms"]),
                         {"decode", "prepare", "network", "matte", "foreground", "compose", "encode"})
        self.assertTrue(0 <= line["coverage"] <= 1)
        self.assertIs(type(line["no_subject"]), bool)
        self.assertEqual(line["subject"] is None, line["no_subject"])
        self.assertLessEqual(line["logit_min"], line["logit_max"])

    def test_errors_are_objects_too_and_the_order_is_kept(self):
        photo("a.png")
        photo("c.png")
        lines = self.run_json("cutout", "c.png", "missing.png", "a.png", code=1)
        self.assertEqual([line["input"] for line in lines], ["c.png", "missing.png", "a.png"])
        self.assertEqual([line["status"] for line in lines], ["OK", "ERR_FILE", "OK"])
        self.assertIn("No such file", lines[1]["error"])
        self.assertIsNone(lines[1]["output"])

    def test_any_name_gives_valid_json(self):
        made = []
        for name in AWKWARD:
            try:
                photo(name, 16, 16)
                made.append(name)
            except OSError:
                continue  # a file system that takes only UTF-8
        lines = self.run_json("cutout", *made, "-o", "out")
        self.assertEqual(len(lines), len(made))
        for name, line in zip(made, lines):
            back = bytes.fromhex(line["input_hex"]) if "input_hex" in line else line["input"].encode()
            self.assertEqual(back, name)
            back = bytes.fromhex(line["output_hex"]) if "output_hex" in line else line["output"].encode()
            self.assertTrue(os.path.exists(back))

    def test_names_on_the_terminal_cannot_start_a_line_or_move_the_cursor(self):
        done = self.run_it("cutout", "evil\n\x1b[2Jinspyr: fine", code=1)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertNotIn(b"\x1b", done.stderr)

    def test_info_describes_pictures_weights_and_the_build(self):
        photo("x.png")
        line, = self.run_json("info", "x.png")
        self.assertEqual((line["kind"], line["file"], line["width"], line["height"], line["bits"]),
                         ("picture", "png", 64, 48, 8))
        build, = self.run_json("info", "--build")
        self.assertRegex(build["version"], r"^\d+\.\d+\.\d+$")
        weights, = self.run_json("info", NANO)
        self.assertEqual(weights["kind"], "model")
        self.assertEqual(weights["parameters"], build["model"]["parameters"])
        self.assertEqual(weights["name"], build["model"]["name"])

    def test_info_speaks_to_people_too(self):
        photo("x.png")
        self.assertEqual(self.run_it("info", "x.png").stdout, b"x.png: png, 64 x 48, 8 bit, orientation 1\n")
        self.assertRegex(self.run_it("info", "--build").stdout, rb"\Ainspyr [\d.]+\nfeatures: .*\nbuilt-in model:")

    def test_info_knows_every_kind_of_pnm(self):
        for name, header, size, bits in (("x.pbm", b"P4\n8 4\n", 4, 1), ("x.pgm", b"P5 8 4 255 ", 32, 8),
                                         ("x.ppm", b"P6\r# dots\n8 4\n255\n", 96, 8), ("y.pbm", b"P1\n8 4\n", 0, 1)):
            with open(name, "wb") as f:
                f.write(header + (bytes(size) or b"1 " * 32))
            line, = self.run_json("info", name)
            self.assertEqual((line["kind"], line["width"], line["height"], line["bits"]), ("picture", 8, 4, bits), name)
            with open(name, "rb") as f:
                line, = [json.loads(self.run_it("info", "-", "--json", stdin=f).stdout)]
            self.assertEqual((line["kind"], line["width"]), ("picture", 8))

    def test_weights_that_are_refused_are_not_called_unknown(self):
        metadata, tensors = weight_files.read(NANO)
        del tensors["decoder.conv5.conv.weight"]
        weight_files.write("less", metadata, tensors)
        with open("archive", "wb") as f:
            f.write(b"PK\3\4" + bytes(60))
        with open("long", "wb") as f:  # a header as long as the first bytes of a PPM file say
            f.write(struct.pack("<Q", 0x0A3650) + b"{}" + bytes(50))
        for name, code in (("less", "ERR_WEIGHTS"), ("archive", None), ("long", "ERR_WEIGHTS")):
            done = self.run_it("info", name, code=1)
            self.assertNotIn(b"neither a picture", done.stderr)
            if code:
                self.assertEqual(self.run_json("info", name, code=1)[0]["status"], code)

    def test_info_refuses_what_it_does_not_know(self):
        with open("notes", "w") as f:
            f.write("just text")
        with open("empty", "w"):
            pass
        self.assertIn(b"notes: neither a picture nor usable weights: ", self.run_it("info", "notes", code=1).stderr)
        self.run_it("info", "empty", code=1)
        self.run_it("info", ".", code=1)

    def test_info_gives_an_object_for_every_file(self):
        photo("x.png")
        with open("notes", "w") as f:
            f.write("just text")
        lines = self.run_json("info", "notes", "x.png", "missing", code=1)
        self.assertEqual([(line["input"], line["kind"], line["status"]) for line in lines],
                         [("notes", None, "ERR_WEIGHTS"), ("x.png", "picture", "OK"), ("missing", None, "ERR_FILE")])
        self.assertEqual([line["error"] is None for line in lines], [False, True, False])


main()
