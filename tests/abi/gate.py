#!/usr/bin/env python3
"""Is the gate awake? Seeds breaks of the ABI and expects diff.sh to refuse each of them.

The libraries are stubs with the real header's functions, types and version script, so each takes a fraction of a
second. usage: gate.py [work folder]
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PASS, FAIL = "pass", "fail"

# What is done to the header (pattern, replacement), and what the gate has to say to it.
CHANGES = [
    ("nothing at all", None, None, PASS),
    ("a new function", r"(INSPYR_API const char \*inspyr_version\(void\);)",
     r"\1\nINSPYR_API int32_t inspyr_brand_new(int32_t x);", PASS),
    ("a new enum value at the end", r"(INSPYR_GREYF32 = 7,)", r"\1 INSPYR_RGBA16 = 8,", PASS),
    ("a field in the middle of a sized struct", r"(typedef struct inspyr_load_options \{.*?uint64_t flags;)",
     r"\1 uint64_t extra;", FAIL),
    ("a field at the end of a sized struct, before the baseline is refreshed",
     r"(INSPYR_ERR_MEMORY \*/)(\s*\} inspyr_load_options)", r"\1 uint64_t extra;\2", FAIL),
    ("a grown view", r"(uint32_t reserved;)([^{}]*\} inspyr_view;)", r"\1 uint64_t extra;\2", FAIL),
    ("a longer error text", r"char message\[252\]", "char message[508]", FAIL),
    ("two fields that changed places", r"(int64_t stride;)(.*?)(int32_t width, height;)", r"\3\2\1", FAIL),
    ("a renumbered enum value", r"INSPYR_STATE_READY = 3", "INSPYR_STATE_READY = 30", FAIL),
    ("a renumbered status", r"X\(ERR_LIMIT, -22,", "X(ERR_LIMIT, -29,", FAIL),
    ("a wider parameter", r"(inspyr_pool_open\(inspyr_pool \*\*out, )int32_t width", r"\1int64_t width", FAIL),
    ("another signature of a hook", r"\(\*release\)\(void \*user, void \*memory\)",
     "(*release)(void *user, void *memory, size_t size)", FAIL),
    ("a function that is gone", r"INSPYR_API void inspyr_bytes_free\(inspyr_bytes \*bytes\);", "", FAIL),
]


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True)


def stub(folder, header_text, debug="-g"):
    """A library whose functions do nothing, from the declarations in the header."""
    include = folder / "include"
    include.mkdir(parents=True)
    (include / "inspyr.h").write_text(header_text)
    plain = re.sub(r"/\*.*?\*/", "", header_text, flags=re.S)
    plain = re.sub(r"^\s*#(?:.*\\\n)*.*", "", plain, flags=re.M)
    functions = re.findall(r"INSPYR_API\s+(?:INSPYR_CHECK\s+)?([^;{}]*?\b(inspyr_\w+)\s*\([^;]*\));", plain)
    bodies = [f"{text} {{ {'' if text.startswith('void ') else 'return 0;'} }}" for text, _ in functions]
    (folder / "stub.c").write_text('#include "inspyr.h"\n' + "\n".join(bodies) + "\n")
    names = "".join(f"{name}; " for _, name in functions)
    (folder / "stub.map").write_text(f"INSPYR_0.1 {{ global: {names} local: *; }};\n")
    library = folder / "libinspyr.so"
    done = run("cc", "-std=c11", "-w", debug, "-shared", "-fPIC", "-I", include, folder / "stub.c",
               f"-Wl,--version-script={folder / 'stub.map'}", "-o", library)
    if done.returncode:
        sys.exit(f"the stub does not compile:\n{done.stderr}")
    return library, include


def main():
    for tool in ("cc", "abidw", "abidiff", "readelf"):
        if not shutil.which(tool):
            print(f"skipped: no {tool} here")
            return 77
    wrong = 0
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        folder, baseline = Path(name), Path(name) / "base.abi"
        header = (ROOT / "include/inspyr.h").read_text(encoding="utf-8")
        library, include = stub(folder / "base", header)
        made = run(ROOT / "scripts/abi-baseline.sh", "--only", library, include, baseline)
        if made.returncode:
            sys.exit(made.stdout + made.stderr)
        for number, (what, pattern, replacement, wanted) in enumerate(CHANGES):
            text = re.sub(pattern, replacement, header, count=1, flags=re.S) if pattern else header
            if pattern and text == header:
                sys.exit(f"{what}: the header has nothing to change there; mend this test's pattern")
            library, include = stub(folder / str(number), text)
            said = run(HERE / "diff.sh", library, include, baseline).returncode
            if said == 77:
                print("skipped: diff.sh says so")
                return 77
            got = PASS if said == 0 else FAIL
            wrong += got != wanted
            print(f"{'ok   ' if got == wanted else 'WRONG'} {what}: {got} ({said})")
        library, include = stub(folder / "bare", header, debug="-g0")
        awake = run(HERE / "diff.sh", library, include, baseline).returncode != 0
        wrong += not awake
        print(f"{'ok   ' if awake else 'WRONG'} a library without debug information: {'fail' if awake else 'pass'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
