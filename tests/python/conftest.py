"""What the tests of the package share. INSPYR_LIBRARY and INSPYR name the library and the command that they are about;
the package is the one in the tree, unless INSPYR_INSTALLED says that it is installed."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "bindings" / "python"
if not os.environ.get("INSPYR_INSTALLED"):
    sys.path.insert(0, str(PACKAGE))
    os.environ["PYTHONPATH"] = os.pathsep.join([str(PACKAGE), os.environ.get("PYTHONPATH", "")])


@pytest.fixture
def root():
    return ROOT


@pytest.fixture
def demo():
    return ROOT / "demo"


@pytest.fixture
def command(tmp_path):
    """Runs the command in a folder of its own; skips where there is none."""
    program = os.environ.get("INSPYR")
    if not program:
        pytest.skip("INSPYR does not name the command")

    def run(*arguments):
        subprocess.run([program, *map(str, arguments)], check=True, cwd=tmp_path, stdin=subprocess.DEVNULL)

    return run


@pytest.fixture
def python(tmp_path):
    """Runs a program in a process of its own and gives what it printed."""

    def run(program, code=0, **options):
        done = subprocess.run([sys.executable, "-B", "-c", program], cwd=options.pop("cwd", tmp_path), timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        assert done.returncode == code, done.stderr
        return done.stdout

    return run
