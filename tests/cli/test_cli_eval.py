"""`inspyr eval` against the same numbers computed here, from the mattes that `inspyr cutout --type map` writes."""
import os

import tiny_png
from program import DEMO, CommandTest, main

SIZE = 96, 80


def crop(source, left, top):
    """Every third pixel."""
    width, _, channels, pixels = source
    out = bytearray()
    for y in range(SIZE[1]):
        for x in range(SIZE[0]):
            at = ((top + 3 * y) * width + left + 3 * x) * channels
            out += pixels[at:at + 3]
    return out


def ellipse(cx, cy, rx, ry, inside=255, outside=0):
    return bytes(inside if ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1 else outside
                 for y in range(SIZE[1]) for x in range(SIZE[0]))


def measures(matte, mask, kept):
    pairs = [(m, g) for m, g, k in zip(matte, mask, kept) if k]
    both = sum(1 for m, g in pairs if m > 127 and g)  # a matte over 0.5 is rounded to 128 or more
    either = sum(1 for m, g in pairs if m > 127 or g)
    low, high = min(m for m, _ in pairs), max(m for m, _ in pairs)
    curve = []
    for k in range(256):
        chosen = [g for m, g in pairs if (m - low) * 255 >= k * (high - low)]  # the matte stretched to 0..255
        hits, subject = sum(chosen), sum(g for _, g in pairs)
        precision = hits / len(chosen) if chosen else 0
        recall = hits / subject if subject else 0
        bottom = 0.3 * precision + recall
        curve.append(1.3 * precision * recall / bottom if bottom else 0)
    return {"iou": both / either if either else 1.0, "mae": sum(abs(m / 255 - g) for m, g in pairs) / len(pairs),
            "curve": curve}


def mean(rows):
    return {"iou": sum(r["iou"] for r in rows) / len(rows), "mae": sum(r["mae"] for r in rows) / len(rows),
            "curve": [sum(r["curve"][k] for r in rows) / len(rows) for k in range(256)]}


class Eval(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.photos = [tiny_png.read(os.path.join(DEMO, name)) for name in ("chelsea.png", "astronaut.png")]

    def pair(self, name, photo, mask, palette=None):
        """The photo is a PNG file, whatever its name says: files are told apart by content."""
        os.makedirs(os.path.dirname(name), exist_ok=True)
        source = self.photos[photo % 2]
        tiny_png.write(name + ".jpg", *SIZE, 3, crop(source, 7 * photo, 5 * photo))
        tiny_png.write(name + ".png", *SIZE, 1, mask, palette)
        self.run_it("cutout", name + ".jpg", "--type", "map", "-o", "map.png", "--force")
        _, _, _, matte = tiny_png.read("map.png")
        if palette:
            return measures(matte, [v in (1, 2) for v in mask], [v != 255 for v in mask])
        return measures(matte, [v > 127 for v in mask], [True] * len(mask))

    def assert_row(self, row, want, pictures):
        self.assertEqual(row["pictures"], pictures)
        self.assertAlmostEqual(row["mean_iou"], want["iou"], delta=2e-4)
        self.assertAlmostEqual(row["mae"], want["mae"], delta=2e-3)
        self.assertAlmostEqual(row["max_f"], max(want["curve"]), delta=1e-2)
        self.assertTrue(0 <= row["s_measure"] <= 1)
        self.assertTrue(row["mba"] is None or 0 <= row["mba"] <= 1)

    def test_a_plain_folder_is_one_set(self):
        rows = [self.pair("mine/p1", 0, ellipse(48, 40, 30, 30)), self.pair("mine/p2", 1, ellipse(40, 50, 40, 25))]
        report, = self.run_json("eval", "mine")
        self.assertEqual([s["name"] for s in report["sets"]], ["mine"])
        self.assert_row(report["sets"][0], mean(rows), 2)
        self.assertEqual(report["sets"][0]["failed"], 0)
        os.chdir("mine")
        self.assertEqual(self.run_json("eval", ".")[0]["sets"], report["sets"])

    def test_labels_of_pets_are_indices_and_255_is_left_out(self):
        labels = bytearray(ellipse(48, 40, 40, 36, 255, 0))
        for i, inside in enumerate(ellipse(48, 40, 30, 26, 1, 0)):
            labels[i] = inside or labels[i]
        for i, inside in enumerate(ellipse(40, 40, 9, 9, 2, 0)):
            labels[i] = inside or labels[i]
        palette = bytes(range(256)) * 3  # index 1 and 2 do not look like a subject
        want = self.pair("all/pets/cat", 0, bytes(labels), palette)
        self.pair("all/other/cat", 0, ellipse(48, 40, 30, 26))
        report, = self.run_json("eval", "all")
        self.assertEqual([s["name"] for s in report["sets"]], ["other", "pets"])
        self.assert_row(report["sets"][1], want, 1)
        self.assertEqual(self.run_json("eval", "all/pets")[0]["sets"], report["sets"][1:])

    def test_sequences_count_alike_however_long_they_are(self):
        long = [self.pair(f"all/davis/cow/{i}", i, ellipse(30 + 9 * i, 40, 20, 30)) for i in range(3)]
        short = [self.pair("all/davis/dog/0", 1, ellipse(48, 30, 40, 20))]
        report, = self.run_json("eval", "all")
        row = report["sets"][0]
        self.assert_row(row, mean([mean(long), mean(short)]), 4)
        self.assertEqual([s["name"] for s in row["sequences"]], ["cow", "dog"])
        self.assert_row(row["sequences"][0], mean(long), 3)
        self.assert_row(row["sequences"][1], mean(short), 1)
        self.assertEqual(self.run_json("eval", "all/davis")[0]["sets"], report["sets"])

    def test_a_set_without_a_boundary_has_no_mba(self):
        self.pair("mine/p", 0, bytes(SIZE[0] * SIZE[1]))
        report, = self.run_json("eval", "mine")
        self.assertIsNone(report["sets"][0]["mba"])
        self.assertEqual(report["sets"][0]["mba_pictures"], 0)

    def test_the_table_has_a_line_for_each_set(self):
        self.pair("all/a/p", 0, ellipse(48, 40, 30, 30))
        self.pair("all/davis/dog/0", 1, ellipse(48, 40, 30, 30))
        lines = self.run_it("eval", "all").stdout.decode().splitlines()
        self.assertEqual([line.split()[:2] for line in lines[2:]], [["a", "1"], ["davis", "1"], ["dog", "1"]])

    def test_pairs_that_cannot_be_measured_are_reported(self):
        want = self.pair("mine/good", 0, ellipse(48, 40, 30, 30))
        self.pair("mine/alone", 1, ellipse(48, 40, 30, 30))
        self.pair("mine/odd", 1, ellipse(48, 40, 30, 30))
        os.unlink("mine/alone.png")
        tiny_png.write("mine/odd.png", 3, 3, 1, bytes(9))
        done = self.run_it("eval", "mine", code=1)
        self.assertIn(b"mine/alone.jpg: mask: ", done.stderr)
        self.assertIn(b"mine/odd.jpg: the mask has 3 x 3", done.stderr)
        report, = self.run_json("eval", "mine", code=1)
        self.assert_row(report["sets"][0], want, 1)
        self.assertEqual(report["sets"][0]["failed"], 2)

    def test_a_folder_without_pairs_is_an_error(self):
        os.mkdir("empty")
        self.run_it("eval", "empty", code=1)
        self.run_it("eval", "missing", code=1)


main()
