"""The figures on the card of the built-in network come out of `inspyr eval` again. Needs the evaluation photos."""
import os
import sys

from program import CommandTest, main

HERE = os.path.dirname(os.path.abspath(__file__))
PHOTOS = os.path.join(os.environ.get("INSPYR_SHARED", os.path.join(HERE, "../../../shared")), "data", "eval")

# src/models/CARD.md: mean IoU and MAE, computed with the training tools. Another JPEG decoder and other float
# operations move single pixels across 0.5.
CARD = {"pets": (13, 0.9129, 0.0379), "cats": (40, 0.7951, 0.1265)}


class Published(CommandTest):
    def test_the_card_of_the_network_is_right(self):
        for name, (pictures, iou, mae) in CARD.items():
            row = self.run_json("eval", os.path.join(PHOTOS, name))[0]["sets"][0]
            self.assertEqual((row["name"], row["pictures"], row["failed"]), (name, pictures, 0))
            self.assertAlmostEqual(row["mean_iou"], iou, delta=5e-4)
            self.assertAlmostEqual(row["mae"], mae, delta=2e-4)


if not os.path.isdir(PHOTOS):
    print(f"{PHOTOS} is not there: skipped")
    sys.exit(77)
main()
