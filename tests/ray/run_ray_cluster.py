#!/usr/bin/env python3
"""The example for Ray Data on a cluster of two nodes on this machine, one of whose actors is killed. Ray is that of
this Python or of the one in INSPYR_RAY_PYTHON; without it: a notice, and 77."""
import collections
import contextlib
import ctypes
import hashlib
import io
import os
import resource
import shutil
import signal
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = [str(ROOT / "bindings" / "python"), str(ROOT / "docs" / "examples")]
named = os.environ.pop("INSPYR_RAY_PYTHON", None)
if named:
    os.execv(named, [named, "-B", *sys.argv])
sys.path[:0] = FOLDERS
os.environ["PYTHONPATH"] = os.pathsep.join(FOLDERS + [os.environ.get("PYTHONPATH", "")])  # that of Ray's workers, too
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
try:
    import inspyr
    import ray
    import ray_batch
    from ray.cluster_utils import Cluster
except ImportError as why:
    print(f"skipped: {why}; INSPYR_RAY_PYTHON can name a Python that has it")
    sys.exit(77)

PICTURES = 24


def dies_while_it_writes():
    """The next file of this process ends after 1000 bytes, and with it the process, which nothing can catch."""
    ctypes.CDLL(None).signal(signal.SIGXFSZ, None)  # Python's own wants the main thread
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def watched(notes):
    """The example's actor, which notes where it works on what. The first of them that has done two pictures dies."""

    class Watched(ray_batch.Cutouts):
        seen = 0

        def one(self, data):
            self.seen += 1
            node = ray.get_runtime_context().get_node_id()
            with open(os.path.join(notes, f"{node}.{os.getpid()}"), "a", encoding="ascii") as file:
                file.write(hashlib.sha256(data).hexdigest() + "\n")
            if self.seen == 3 and not os.path.exists(os.path.join(notes, "killed")):
                with contextlib.suppress(FileExistsError):
                    os.close(os.open(os.path.join(notes, "killed"), os.O_CREAT | os.O_EXCL))
                    dies_while_it_writes()
            return super().one(data)

    return Watched


class RayCluster(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="inspyr-ray-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        for name in ("in", "notes"):
            (self.folder / name).mkdir()
        cat = inspyr.Image.open(ROOT / "demo" / "chelsea.png")
        for number in range(PICTURES - 1):
            pixels = bytes([number]) + cat.tobytes()[1:]
            (self.folder / "in" / f"{number:02}.ppm").write_bytes(b"P6 %d %d 255\n" % cat.size + pixels)
        shutil.copy(self.folder / "in" / "00.ppm", self.folder / "in" / "twin.ppm")
        (self.folder / "in" / "bad.jpg").write_bytes(b"no picture at all")

    def cluster(self):
        """Two nodes of two processors: three actors do not fit on one."""
        node = {"num_cpus": 2, "object_store_memory": 100 << 20}
        cluster = Cluster(initialize_head=True, head_node_args={"include_dashboard": False, **node})
        self.addCleanup(cluster.shutdown)
        cluster.add_node(**node)
        ray.init(address=cluster.address, log_to_driver=False)
        self.addCleanup(ray.shutdown)
        cluster.wait_for_nodes()

    def test_an_actor_that_is_killed_in_the_middle_loses_nothing_and_doubles_nothing(self):
        self.cluster()
        out, notes, printed = self.folder / "out", self.folder / "notes", io.StringIO()
        ray_batch.Cutouts = watched(str(notes))
        with contextlib.redirect_stdout(printed):
            self.assertEqual(ray_batch.main(str(self.folder / "in"), str(out), 3), 1)
        self.assertTrue((notes / "killed").exists())
        logs = [path for path in notes.iterdir() if path.name != "killed"]
        self.assertEqual(len({path.name.split(".")[0] for path in logs}), 2, "both nodes worked")
        begun = collections.Counter(line for path in logs for line in path.read_text().split())
        del begun[hashlib.sha256((self.folder / "in" / "twin.ppm").read_bytes()).hexdigest()]
        self.assertGreater(max(begun.values()), 1, "what the dead actor had in hand was done again")

        rows = [line.split(maxsplit=2) for line in printed.getvalue().splitlines() if line.startswith(("OK ", "ERR_"))]
        sources = sorted((self.folder / "in").iterdir())
        self.assertEqual(sorted(row[1] for row in rows), [str(path) for path in sources], "one row for each")
        model = inspyr.Model(threads=1)
        for status, path, output in rows:
            data = Path(path).read_bytes()
            self.assertEqual(status, "ERR_IMAGE_FORMAT" if path.endswith(".jpg") else "OK")
            if status == "OK":
                self.assertEqual(output, str(out / (hashlib.sha256(data).hexdigest() + ".png")))
                self.assertEqual(Path(output).read_bytes(), model.cutout(data).encode("png"))
        made = [path for path in out.iterdir() if path.suffix == ".png"]
        self.assertEqual(len(made), PICTURES - 1, "the two that are alike have one result")


unittest.main()
