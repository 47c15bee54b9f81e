#!/usr/bin/env python3
"""Programs of other versions on this library: compiled against every kept header, and against one that is newer.

usage: clients.py libinspyr.so [compiler]

Each has to print what the program of today's header prints. One that sets fields which this library does not know is
refused by every call that takes them, and by no other. Before 1.0 a minor version may break this, and then says so by
leaving its header out of tests/abi.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def newer_header():
    """Today's, with one more field at the end of every options struct."""
    text = (ROOT / "include/inspyr.h").read_text(encoding="utf-8")
    text, count = re.subn(r"(\n\} inspyr_\w+_options;)", r"\n    uint64_t newer;\1", text)
    if count < 7:
        sys.exit("the header's options structs are not where this test looks for them")
    return text


def run(library, include, folder, compiler, *flags):
    program = Path(folder) / "client"
    done = subprocess.run([compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", *flags, "-I", include, HERE / "client.c",
                           library, f"-Wl,-rpath,{library.parent}", "-o", program], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"client.c does not compile against {include}:\n{done.stderr}")
    done = subprocess.run([program], capture_output=True, text=True, env=dict(os.environ, INSPYR_PLUGIN_PATH=""))
    if done.returncode:
        sys.exit(f"the client of {include} ended with {done.returncode}")
    return done.stdout


def main():
    library, compiler = Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else "cc"
    if not shutil.which(compiler):
        print(f"skipped: no {compiler} here")
        return 77
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        today = run(library, ROOT / "include", folder, compiler)
        if today.count(": OK ") != today.count("\n"):
            sys.exit(f"today's client does not work:\n{today}")
        kept = sorted(path.parent for path in HERE.glob("*/inspyr.h"))
        newer = Path(folder) / "newer"
        newer.mkdir()
        (newer / "inspyr.h").write_text(newer_header(), encoding="utf-8")
        for name, include, flags in [(p.name, p, []) for p in kept] + [("newer", newer, ["-DWITH_NEWER=0"])]:
            same = run(library, include, folder, compiler, *flags) == today
            wrong += not same
            print(f"{'ok   ' if same else 'WRONG'} a program of the header {name}")
        refused = run(library, newer, folder, compiler, "-DWITH_NEWER=1").splitlines()
        good = len(refused) > 7 and all((": OK " if line.startswith("info") else ": ERR_UNSUPPORTED ") in line
                                        for line in refused)
        wrong += not good
        print(f"{'ok   ' if good else 'WRONG'} a program that sets what is newer is refused: {len(refused)} calls")
    return 1 if wrong or not kept else 0


if __name__ == "__main__":
    sys.exit(main())
