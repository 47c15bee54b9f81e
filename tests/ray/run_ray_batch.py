#!/usr/bin/env python3
"""The example for Ray Data: its actor alone, and within Ray where that is installed."""
import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = [str(ROOT / "bindings" / "python"), str(ROOT / "docs" / "examples")]
sys.path[:0] = FOLDERS
os.environ["PYTHONPATH"] = os.pathsep.join(FOLDERS + [os.environ.get("PYTHONPATH", "")])  # Ray's workers', too
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

    def check(self, results):
        want = {hashlib.sha256(path.read_bytes()).hexdigest() + ".png" for path in (self.folder / "in").glob("*.png")}
        self.assertEqual({path.name for path in results.iterdir()}, want)
        for path in results.iterdir():
            self.assertTrue(path.read_bytes().startswith(b"\x89PNG"))

    def test_a_picture_that_fails_is_a_row_and_the_others_are_made(self):
        paths = sorted((self.folder / "in").iterdir())
        actor = ray_batch.Cutouts(str(self.folder / "out"), 1)
        rows = {"path": [str(path) for path in paths], "bytes": [path.read_bytes() for path in paths]}
        made = actor(rows)
        self.assertEqual(made["status"], ["OK", "ERR_IMAGE_FORMAT", "OK"])
        self.assertEqual([bool(error) for error in made["error"]], [False, True, False])
        self.check(self.folder / "out")
        before = [path.stat().st_mtime_ns for path in sorted((self.folder / "out").iterdir())]
        self.assertEqual(actor(rows)["output"], made["output"])
        self.assertEqual([path.stat().st_mtime_ns for path in sorted((self.folder / "out").iterdir())], before)

    @unittest.skipUnless(importlib.util.find_spec("ray"), "Ray is not installed")
    def test_ray_runs_it(self):
        import ray

        ray.init(num_cpus=2, include_dashboard=False, object_store_memory=100 << 20)
        self.addCleanup(ray.shutdown)
        self.assertEqual(ray_batch.main(str(self.folder / "in"), str(self.folder / "out"), 1), 1)
        self.check(self.folder / "out")


unittest.main()
