"""tests/bench/compare against the same figures computed here. Needs the shared photos."""
import json
import os
import shutil
import subprocess
import sys

import tiny_png
from program import NANO, PROGRAM, ROOT, CommandTest, main

COMPARE = os.path.join(ROOT, "tests", "bench", "compare")
SHARED = os.environ.get("INSPYR_SHARED", os.path.join(ROOT, "..", "shared"))
CATS = os.path.abspath(os.path.join(SHARED, "data", "eval", "cats"))
NAMES = ("cat.1", "cat.11")


class Compare(CommandTest):
    def setUp(self):
        super().setUp()
        os.mkdir("cats")
        for name in NAMES:
            shutil.copy(f"{CATS}/{name}.jpg", "cats")
            shutil.copy(f"{CATS}/{name}.png", "cats")
        self.run_it("convert", NANO, "-o", "narrow.safetensors", "--precision", "bf16", "--name", "narrow", "-q")

    def compare(self, *arguments, code=0):
        done = subprocess.run([sys.executable, "-B", COMPARE, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**os.environ, "INSPYR": PROGRAM}, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.decode()

    def map_of(self, name, *arguments):
        self.run_it("cutout", f"cats/{name}.jpg", "--type", "map", "-o", "map.png", "--force", *arguments)
        return tiny_png.read("map.png")[3]

    def test_two_networks_are_told_apart(self):
        report = json.loads(self.compare("", "--model narrow.safetensors --no-cache", "cats", "--rounds", "2",
                                         "--json"))
        self.assertEqual((report["pictures"], report["rounds"]), (2, 2))
        self.assertEqual((report["a"]["model"], report["b"]["model"]), ("nano", "narrow"))
        want, = self.run_json("eval", "cats", "--model", "narrow.safetensors")
        self.assertEqual(report["b"]["sets"], want["sets"])
        want, = self.run_json("eval", "cats")
        self.assertEqual(report["a"]["sets"], want["sets"])
        for way in "ab":
            self.assertGreater(report[way]["call_ms"], report[way]["network_ms"])
            self.assertGreater(report[way]["network_ms"], 0)
        self.assertTrue(0.2 < report["speed"]["network_ratio"] < 5)
        rows = []
        for name in NAMES:
            a, b = self.map_of(name), self.map_of(name, "--model", "narrow.safetensors")
            rows.append([sum(abs(x - y) for x, y in zip(a, b)) / 255 / len(a),
                         sum(abs(x - y) >= 2 for x, y in zip(a, b)) / len(a),
                         sum((x >= 128) != (y >= 128) for x, y in zip(a, b)) / len(a)])
        apart = report["disagreement"]
        for i, key in enumerate(("mean_difference", "over_one_level", "across_half")):
            self.assertAlmostEqual(apart[key], (rows[0][i] + rows[1][i]) / 2, places=9)
        self.assertEqual(apart["worst"]["mean_difference"], max(row[0] for row in rows))
        self.assertTrue(0 < apart["mean_difference"] < 0.02)

    def test_a_network_agrees_with_itself(self):
        table = self.compare("--threads 1", f"--model {NANO} --no-cache", "cats", "--rounds", "1")
        self.assertIn("mean |A - B|            0.000000\n", table)
        self.assertRegex(table, r"cats mean IoU +0\.\d{4} +0\.\d{4} +\+0\.0000\n")
        self.assertRegex(table, r"network +\d+\.\d +\d+\.\d +\d\.\d{3}\n")

    def test_what_cannot_be_compared_is_an_error(self):
        self.compare("", "--model missing.safetensors", "cats", code=1)
        os.mkdir("empty")
        self.compare("", "", "empty", code=1)
        self.compare("", "cats", code=2)
        self.compare("", "", "cats", "--rounds", "0", code=2)


if not os.path.isdir(CATS):
    print(f"{CATS} is not there: skipped")
    sys.exit(77)
main()
