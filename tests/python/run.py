"""Runs the tests of the Python package that are named, with the first Python that has what they need: the one in
INSPYR_PYTHON, this one, or the system's. Without one: a notice, and 77.

usage: run.py test_file.py..."""
import os
import subprocess
import sys

NEEDS = "import numpy, pytest, PIL"


def fits(python):
    try:
        return subprocess.run([python, "-c", NEEDS], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def main():
    named = os.environ.get("INSPYR_PYTHON")
    candidates = [named] if named else [sys.executable, "/usr/bin/python3"]
    for python in candidates:
        if fits(python):
            os.execv(python, [python, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", *sys.argv[1:]])
    print(f"no Python with pytest, NumPy and Pillow ({', '.join(candidates)}): skipped")
    return 77


if __name__ == "__main__":
    sys.exit(main())
