"""`inspyr quantise` on the built-in network: its error on photographs, which hangs on how a build rounds."""
import json
import os

import weight_files
from program import DEMO, NANO, CommandTest, main


class Quantised(CommandTest):
    def test_the_built_in_network_takes_a_little_over_a_quarter(self):
        # Of the two, one is nearly all subject and edges: their masks change by 0.006 to 0.008.
        done = self.run_it("quantise", "--calibrate", DEMO, NANO, "-o", "out.safetensors", "--pictures", "2",
                           "--iou-bound", "0.02")
        self.assertRegex(done.stderr.decode(), r"change of the IoU 0\.\d+ [^\n]*\n\d+ convolutions")
        self.assert_no_leftovers()
        metadata, tensors = weight_files.read("out.safetensors")
        facts = json.loads(metadata["int8"])
        self.assertEqual((facts["version"], facts["pictures"]), (1, 2))
        self.assertLessEqual(facts["alpha_error"], 0.005)
        self.assertTrue(0 < facts["iou_change"] <= 0.02)
        old_metadata, old = weight_files.read(NANO)
        for key, text in old_metadata.items():
            self.assertEqual(metadata[key], text)
        numbers = sum(len(data) // weight_files.WIDTHS[dtype] for dtype, _, data in old.values())
        self.assertLessEqual(os.path.getsize("out.safetensors"), 0.3 * 4 * numbers)
        for name, (dtype, shape, data) in old.items():
            kind, new_shape, new = tensors.pop(name)
            self.assertEqual(new_shape, shape)
            if kind == "I8":
                self.assertEqual(tensors.pop(name + ".scale")[:2], ("F32", shape[:1]))
                tensors.pop(name + ".range", None)
            elif kind == dtype:
                self.assertEqual(new, data)
            else:
                self.assertEqual(kind, "BF16")
        self.assertEqual(tensors, {})


if __name__ == "__main__":
    main(needs=("builtin", "png"))
