"""`inspyr eval --alpha`: masks with soft edges, against sums over the mattes that `inspyr cutout --type map` writes."""
import os

import tiny_png
from program import CommandTest, main, photo

WIDTH, HEIGHT = 64, 48


def soft(cx, cy, radius):
    return bytes(max(0, min(255, round(255 * (radius - ((x - cx) ** 2 + (y - cy) ** 2) ** 0.5) / 6 + 128)))
                 for y in range(HEIGHT) for x in range(WIDTH))


class Alpha(CommandTest):
    def pair(self, name, alpha, blue):
        """SAD and MSE of it."""
        os.makedirs(os.path.dirname(name), exist_ok=True)
        photo(name + ".jpg", WIDTH, HEIGHT, blue)
        tiny_png.write(name + ".png", WIDTH, HEIGHT, 1, alpha)
        self.run_it("cutout", name + ".jpg", "--type", "map", "-o", "map.png", "--force")
        misses = [abs(m - a) / 255 for m, a in zip(tiny_png.read("map.png")[3], alpha)]
        return sum(misses) / 1000, sum(d * d for d in misses) / len(misses)

    def test_each_set_has_means_of_the_four_errors(self):
        wants = [self.pair("all/a/1", soft(32, 24, 15), 128), self.pair("all/a/2", soft(20, 20, 9), 40)]
        self.pair("all/b/1", soft(32, 24, 15), 128)
        sets = self.run_json("eval", "all", "--alpha")[0]["sets"]
        self.assertEqual([(s["name"], s["pictures"], s["failed"]) for s in sets], [("a", 2, 0), ("b", 1, 0)])
        self.assertAlmostEqual(sets[0]["sad"], (wants[0][0] + wants[1][0]) / 2, delta=WIDTH * HEIGHT / 255 / 2000)
        self.assertAlmostEqual(sets[0]["mse"], (wants[0][1] + wants[1][1]) / 2, delta=2e-3)
        self.assertTrue(sets[0]["gradient"] > 0 and sets[0]["connectivity"] > 0)
        lines = self.run_it("eval", "all", "--alpha").stdout.decode().splitlines()
        self.assertEqual([line.split()[:2] for line in lines[2:]], [["a", "2"], ["b", "1"]])
        self.assertAlmostEqual(float(lines[2].split()[2]), sets[0]["sad"], delta=6e-4)

    def test_what_cannot_be_measured_is_counted(self):
        self.pair("mine/1", soft(32, 24, 15), 128)
        self.pair("mine/2", soft(32, 24, 15), 128)
        tiny_png.write("mine/2.png", 3, 3, 1, bytes(9))
        row, = self.run_json("eval", "mine", "--alpha", code=1)[0]["sets"]
        self.assertEqual((row["pictures"], row["failed"]), (1, 1))


main()
