#!/usr/bin/env python3
"""The actor of the example for Ray Data, alone: this needs no Ray."""
import hashlib
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "bindings" / "python"), str(ROOT / "docs" / "examples")]
try:
    import inspyr  # noqa: F401
    import ray_batch
except ImportError as why:
    print(f"skipped: {why}")
    sys.exit(77)


class RayBatch(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="inspyr-ray-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "in").mkdir()
        for name in ("chelsea.png", "astronaut.png"):
            shutil.copy(ROOT / "demo" / name, self.folder / "in")
        (self.folder / "in" / "bad.jpg").write_bytes(b"no picture at all")

    def test_a_picture_that_fails_is_a_row_and_the_others_are_made(self):
        paths = sorted((self.folder / "in").iterdir())
        actor = ray_batch.Cutouts(str(self.folder / "out"), 1)
        rows = {"path": [str(path) for path in paths], "bytes": [path.read_bytes() for path in paths]}
        made = actor(rows)
        self.assertEqual(made["status"], ["OK", "ERR_IMAGE_FORMAT", "OK"])
        self.assertEqual([bool(error) for error in made["error"]], [False, True, False])
        want = {hashlib.sha256(path.read_bytes()).hexdigest() + ".png" for path in paths if path.suffix == ".png"}
        self.assertEqual({path.name for path in (self.folder / "out").iterdir()}, want)
        for path in (self.folder / "out").iterdir():
            self.assertTrue(path.read_bytes().startswith(b"\x89PNG"))
        before = [path.stat().st_mtime_ns for path in sorted((self.folder / "out").iterdir())]
        self.assertEqual(actor(rows)["output"], made["output"])
        self.assertEqual([path.stat().st_mtime_ns for path in sorted((self.folder / "out").iterdir())], before)


unittest.main()
