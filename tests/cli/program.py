"""What all tests of the command share: the program, a folder of one's own, and small pictures."""
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import tiny_png

PROGRAM = os.environ.get("INSPYR", "inspyr")
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DEMO = os.path.join(ROOT, "demo")
NANO = os.path.join(ROOT, "src", "models", "nano.safetensors")

# No test leaves packed weights with whoever runs it.
CACHE = tempfile.mkdtemp(prefix="inspyr-test-cache-")
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)
os.environ["INSPYR_CACHE_DIR"] = CACHE


def photo(path, width=64, height=48, blue=128):
    """A disc on a gradient: something to cut out."""
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            inside = (x / width - 0.5) ** 2 + (y / height - 0.5) ** 2 < 0.1
            pixels += bytes((230, 60, 30)) if inside else bytes((255 * x // width, 255 * y // height, blue))
    tiny_png.write(path, width, height, 3, pixels)


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="inspyr-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.before = os.getcwd()
        self.addCleanup(os.chdir, self.before)
        os.chdir(self.folder)

    def run_it(self, *arguments, code=0, **options):
        """Runs the command; options: as subprocess.run()."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("stdin", subprocess.DEVNULL if "input" not in options else None)
        if options["stdin"] is None:
            del options["stdin"]
        done = subprocess.run([PROGRAM, *arguments], timeout=600, **options)
        self.assertEqual(done.returncode, code, (arguments, done.stderr))
        return done

    def run_json(self, *arguments, code=0):
        done = self.run_it(*arguments, "--json", code=code)
        return [json.loads(line) for line in done.stdout.decode("utf-8", errors="strict").splitlines()]

    def assert_no_leftovers(self, folder="."):
        self.assertEqual([name for name in os.listdir(folder) if name.startswith(".inspyr")], [])


def main(needs=("builtin", "jpeg", "png", "webp"), pull=False):
    """Runs the tests of a file, unless the program or a feature that it needs is not in this build. pull: they
    need a command that can download."""
    if not shutil.which(PROGRAM):
        print(f"{PROGRAM} is not there: skipped")
        sys.exit(77)
    build = json.loads(subprocess.run([PROGRAM, "info", "--build", "--json"], stdout=subprocess.PIPE).stdout)
    missing = set(needs) - set(build["features"].split())
    if missing:
        print(f"not in this build: {', '.join(sorted(missing))}: skipped")
        sys.exit(77)
    if pull and b"cannot download" in subprocess.run([PROGRAM, "pull", "base"], stderr=subprocess.PIPE,
                                                     stdout=subprocess.DEVNULL, env={
                                                         "INSPYR_PULL_URL": "https://localhost:1"}).stderr:
        print("this build cannot download: skipped")
        sys.exit(77)
    unittest.main()
