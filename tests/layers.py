#!/usr/bin/env python3
"""Who may include whom, and how long a file may be: the table of docs/architecture.md, enforced.

usage: layers.py [root of the source tree]
"""
import re
import statistics
import sys
from pathlib import Path

# room: the rooms it may include besides itself. Everybody may include inspyr.h; include/ includes only C.
MAY_INCLUDE = {
    "base": set(),
    "models": {"base"},
    "image": {"base", "kernels"},
    "net": {"image", "base", "kernels", "models"},
    "matte": {"image", "base", "kernels"},
    "effect": {"image", "base", "kernels"},
    "run": {"net", "matte", "effect", "image", "base"},
    "kernels": set(),
    "shim": {"kernels"},
    "bindings": set(),
}
# The engine's face: the only headers of another room that a plug-in may see.
SHIM_MAY_SEE = {"net/plan.h", "net/engine.h", "net/tile_products.h", "net/torch_table.h", "run/cache/redis_table.h"}
PUBLIC = {"inspyr.h", "inspyr_cache.h", "inspyr_context.h", "inspyr_experimental.h", "inspyr_metrics.h", "inspyr.hpp"}
C_STANDARD = {"stddef.h", "stdint.h", "string.h"}  # what the public headers need, and all they may ask for
CODECS = {"jpeglib.h", "jerror.h", "turbojpeg.h", "png.h", "webp"}  # seen by image alone

SOURCE = {".c", ".h", ".hpp", ".cc", ".cpp", ".cu", ".S", ".py", ".sh", ".go", ".ts", ".js"}
ROOTS = ["include", "src", "shim", "kernels", "bindings", "tests", "docs", "scripts"]
LINES, LINES_PUBLIC, LINES_MEDIAN = 400, 800, 150
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path):
    """The room of a file, or None for files outside the house (tests, docs, scripts)."""
    if path.parts[0] == "src":
        return path.parts[1] if len(path.parts) > 2 else None
    return path.parts[0] if path.parts[0] in ("include", "kernels", "shim", "bindings") else None


def wrong_include(root, path, kind, name):
    room = room_of(path)
    if kind == "<":
        if room == "include" and name not in C_STANDARD:
            return f"a public header may include C's own headers only, not <{name}>"
        if name.split("/")[0] in CODECS and room != "image":
            return f"<{name}> belongs to the image room"
        return None
    if name in PUBLIC:
        return None
    if room == "include":
        return f"a public header may not include {name}"
    if room == "bindings":  # a client: public headers, and what lies beside it
        return None if (root / path.parent / name).exists() else f"bindings see include/ only, not {name}"
    other = name.split("/")[0]
    if "/" not in name:
        return f"an include names its room, as in {room}/{name}"
    if not ((root / "src" / name).exists() or (root / name).exists()):
        return f"there is no {name}"
    if other == room or other in MAY_INCLUDE[room]:
        return None
    if room == "shim" and name in SHIM_MAY_SEE:
        return None
    return f"{room} may not include {other}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    wrong, lengths, seen, includes = [], [], {}, 0
    files = sorted(p.relative_to(root) for r in ROOTS for p in (root / r).rglob("*")
                   if p.suffix in SOURCE and p.is_file() and "data" not in p.parts)
    # Kept copies of released headers have their names from the release.
    files = [f for f in files if not (f.parts[:2] == ("tests", "abi") and len(f.parts) > 3)]
    for path in files:
        lines = (root / path).read_text(encoding="utf-8").splitlines()
        lengths.append(len(lines))
        most = LINES_PUBLIC if path == Path("include/inspyr.h") else LINES
        if len(lines) > most:
            wrong.append(f"{path}: {len(lines)} lines; at most {most}")
        if path.name in seen and path.name != "__init__.py":
            wrong.append(f"{path}: the name is taken by {seen[path.name]}")
        seen[path.name] = path
        room = room_of(path)
        if not room or path.suffix in {".py", ".sh", ".go", ".ts", ".js"}:
            continue
        if room != "include" and room not in MAY_INCLUDE:
            wrong.append(f"{path}: {room} is not a room of this house")
            continue
        for number, line in enumerate(lines, 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            includes += 1
            reason = wrong_include(root, path, *found.groups())
            if reason:
                wrong.append(f"{path}:{number}: {reason}")
    median = statistics.median(lengths) if lengths else 0
    if median > LINES_MEDIAN:
        wrong.append(f"the median file has {median:g} lines; at most {LINES_MEDIAN}")
    if not includes:
        wrong.append(f"no include found under {root}: is this the source tree?")
    for line in wrong:
        print(line)
    print(f"{len(files)} files, median {median:g} lines, {includes} includes, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
