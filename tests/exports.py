#!/usr/bin/env python3
"""The public names agree everywhere: headers, src/inspyr.map, the built libraries, the tests and docs/abi.md.

usage: exports.py [--write] [--shared libinspyr.so] [--static libinspyr.a]
--write: writes the table of docs/abi.md instead of comparing it.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADERS = ["inspyr.h", "inspyr_cache.h", "inspyr_context.h", "inspyr_experimental.h", "inspyr_metrics.h"]
EXPERIMENTAL_NODE = "INSPYR_EXPERIMENTAL"
# The C library, the codecs and compressors that the build may link. Anything else in DT_NEEDED is a surprise for packagers.
# Calls that a library in somebody else's process does not make: it connects to nothing, prints nothing, ends nothing.
UNWANTED = re.compile(r"^(connect|bind|listen|getaddrinfo|gethostby\w+|_?exit|quick_exit|abort|raise|signal|sigaction|"
                      r"v?printf|puts|putchar|perror|setenv|putenv)$")
NEEDED = re.compile(r"^(libc|libm|libpthread|ld-linux.*|libjpeg|libpng16|libwebp|libwebpdemux|liblcms2|libheif|libdeflate|libz)\.so(\.\d+)*$")
TABLE = re.compile(r"(<!-- names: .*? -->\n).*?(<!-- end of names -->)", re.S)


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def declared(header):
    """Name: text of its declaration."""
    text = without_comments(header.read_text(encoding="utf-8"))
    return {m.group(2): m.group(1) for m in re.finditer(r"\bINSPYR_API\b([^;{]*?)\b(inspyr_\w+)\s*\([^;]*;", text)}


def mapped():
    """Name: node of the version script."""
    names = {}
    for node, body in re.findall(r"(\w[\w.]*)\s*\{(.*?)\}", (ROOT / "src/inspyr.map").read_text(), re.S):
        for name in re.findall(r"\b(inspyr_\w+)\s*;", body):
            names[name] = node
    return names


def lines_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def exported(shared):
    """Name: node, as the linker saw it. The nodes themselves are absolute symbols."""
    names = {}
    for line in lines_of("nm", "-D", "--defined-only", shared):
        kind, name = line.split()[-2:]
        if kind != "A":
            name, _, node = name.partition("@@")
            names[name] = node
    return names


def table(headers, nodes):
    """Every name that was ever released or is about to be: since, deprecated, gone."""
    kept = sorted(((ROOT / "tests/abi").glob("*/inspyr*.h")), key=lambda p: [int(n) for n in p.parent.name.split(".")])
    released = {}  # name: first and last kept version that has it
    for copy in kept:
        for name in declared(copy):
            released[name] = (released.get(name, (copy.parent.name,))[0], copy.parent.name)
    rows = []
    for name in sorted(set(headers) | set(released)):
        if name not in headers:
            rows.append((name, released[name][0], "", f"after {released[name][1]}"))
            continue
        deprecated = re.search(r'INSPYR_DEPRECATED\("([\d.]+)",\s*"(\w+)"\)', headers[name])
        since = nodes.get(name, "")
        rows.append((name, "experimental" if since == EXPERIMENTAL_NODE else since.replace("INSPYR_", ""),
                     f"{deprecated.group(1)}, use {deprecated.group(2)}" if deprecated else "", ""))
    lines = ["| name | since | deprecated | gone |", "|---|---|---|---|"]
    return "\n".join(lines + ["| `{}` | {} | {} | {} |".format(*row) for row in rows]) + "\n"


def untested(names):
    """Names that no test program calls. The kept headers under tests/abi declare, they do not call."""
    text = "".join(without_comments(p.read_text(encoding="utf-8")) for p in (ROOT / "tests").rglob("*.c"))
    return [name for name in names if not re.search(rf"\b{name}\s*\(", text)]


def compare(wrong, what, ours, theirs):
    wrong += [f"{name}: in {what[0]}, not in {what[1]}" for name in sorted(set(ours) - set(theirs))]
    wrong += [f"{name}: in {what[1]}, not in {what[0]}" for name in sorted(set(theirs) - set(ours))]


def check_libraries(wrong, arguments, nodes):
    if arguments.shared:
        names = exported(arguments.shared)
        compare(wrong, ("src/inspyr.map", "nm -D"), nodes, names)
        wrong += [f"{n}: exported in {names[n]}, mapped in {nodes[n]}" for n in names
                  if n in nodes and names[n] != nodes[n]]
        for line in lines_of("readelf", "-d", arguments.shared):
            library = re.search(r"\(NEEDED\).*\[(.*)\]", line)
            if library and not NEEDED.match(library.group(1)):
                wrong.append(f"libinspyr.so needs {library.group(1)}, which nobody agreed to")
        for line in lines_of("nm", "-D", "--undefined-only", "-P", arguments.shared):
            name = re.match(r"\w*", line).group()
            if UNWANTED.match(name):
                wrong.append(f"libinspyr.so calls {name}()")
    if arguments.static:
        globals_ = [line.split()[0] for line in lines_of("nm", "-g", "--defined-only", "-P", arguments.static)
                    if line and not line.endswith(":")]  # a line that names the object ends with a colon
        compare(wrong, ("src/inspyr.map", "the static library's global names"), nodes, globals_)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--shared")
    parser.add_argument("--static")
    arguments = parser.parse_args()
    wrong = []
    headers = {}
    for header in HEADERS:
        headers.update(declared(ROOT / "include" / header))
    nodes = mapped()
    compare(wrong, ("the headers", "src/inspyr.map"), headers, nodes)
    for name in declared(ROOT / "include/inspyr_experimental.h"):
        if nodes.get(name) != EXPERIMENTAL_NODE:
            wrong.append(f"{name}: experimental, so its node is {EXPERIMENTAL_NODE}")
    check_libraries(wrong, arguments, nodes)
    wrong += [f"{name}: called in no test" for name in untested(headers)]
    layout = "".join(path.read_text() for path in sorted((ROOT / "tests/abi").glob("layout*.[ch]")))
    for header in HEADERS:
        for struct in re.findall(r"^\} (inspyr_\w+);", (ROOT / "include" / header).read_text(), re.M):
            if f"sizeof({struct})" not in layout and f"SIZE({struct}," not in layout:
                wrong.append(f"{struct}: not in tests/abi/layout*")

    page = ROOT / "docs/abi.md"
    text = page.read_text(encoding="utf-8")
    fresh = TABLE.sub(lambda m: m.group(1) + table(headers, nodes) + m.group(2), text)
    if not TABLE.search(text):
        wrong.append("docs/abi.md has no place for the table of names")
    elif arguments.write:
        page.write_text(fresh, encoding="utf-8")
    elif fresh != text:
        wrong.append("docs/abi.md: the table of names is stale: tests/exports.py --write")
    for line in wrong:
        print(line)
    print(f"{len(headers)} public names, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
