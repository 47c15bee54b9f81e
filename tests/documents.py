#!/usr/bin/env python3
"""The pages agree with the code: every status in docs/errors.md with its number and text, the programs in
them are those in docs/examples, the effect that is explained is in the tree, the tests that docs/failures.md names are
there, every relative link leads somewhere, and the README begins with its two commands."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def statuses():
    text = (ROOT / "include/inspyr.h").read_text(encoding="utf-8")
    return [(f"INSPYR_{name}", value, words)
            for name, value, words in re.findall(r'\bX\((\w+), (-?\d+), "([^"]*)"\)', text)]


def check_errors(wrong):
    rows = re.findall(r"^\| `(INSPYR_\w+)` \| (-?\d+) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$",
                      (ROOT / "docs/errors.md").read_text(encoding="utf-8"), re.M)
    documented = {name: (value, words) for name, value, words, _, _ in rows}
    for name, value, words in statuses():
        if name not in documented:
            wrong.append(f"docs/errors.md: {name} is missing")
        elif documented[name] != (value, words):
            wrong.append(f"docs/errors.md: {name} is {value}, \"{words}\" in the header")
    known = {name for name, _, _ in statuses()}
    wrong += [f"docs/errors.md: there is no {name}" for name in documented if name not in known]
    wrong += [f"docs/errors.md: {name} says too little" for name, _, _, meaning, remedy in rows
              if len(meaning.strip()) < 10 or not remedy.strip()]


def check_program(wrong, page, example):
    source = (ROOT / example).read_text(encoding="utf-8")
    program = source[source.index("#include"):]
    if f"```c\n{program}```" not in (ROOT / page).read_text(encoding="utf-8"):
        wrong.append(f"{page}: its program is not {example}")


def check_own_effect(wrong):
    """The page shows the file and the row of an effect as they are."""
    page = (ROOT / "docs/write-your-own-effect.md").read_text(encoding="utf-8")
    if f"```c\n{(ROOT / 'kernels/duotone.c').read_text(encoding='utf-8')}```" not in page:
        wrong.append("docs/write-your-own-effect.md: its file is not kernels/duotone.c")
    table = (ROOT / "kernels/effect_rows.h").read_text(encoding="utf-8")
    row = re.search(r"^ +ROW\(duotone,.*?\)\)(?= *\\?$)", table, re.S | re.M)
    if not row or re.sub(r" *\\$", "", row.group(), flags=re.M) not in page:
        wrong.append("docs/write-your-own-effect.md: its row is not that of kernels/effect_rows.h")


def check_failures(wrong):
    """Each failure once, in order, with tests that are there or a reason."""
    page = (ROOT / "docs/failures.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (F\d+) \| [^|]+ \| ([^|]+) \|$", page, re.M)
    if [name for name, _ in rows] != [f"F{number}" for number in range(1, 44)]:
        wrong.append("docs/failures.md: its rows are not F1 to F43")
    for name, what in rows:
        named = re.findall(r"`(test_\w+)\.(\w+)`", what)
        if not named and not what.startswith(("no part of the library", "no test of its own")):
            wrong.append(f"docs/failures.md: {name} has no test and no reason")
        for file, test in named:
            source = ROOT / "tests" / f"{file}.c"
            if not source.exists() or f"static void {test}(" not in source.read_text(encoding="utf-8"):
                wrong.append(f"docs/failures.md: {name}: there is no {test} in {file}.c")


def check_readme(wrong):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first_screen = "\n".join(readme.splitlines()[:40])
    wrong += [f"README.md: {command} is not on the first screen" for command in ("make demo", "make check")
              if command not in first_screen]


def check_links(wrong):
    pages = list(ROOT.glob("*.md")) + [p for d in ("docs", "demo") for p in (ROOT / d).rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if ":" not in target and not (page.parent / target).exists():
                wrong.append(f"{page.relative_to(ROOT)}: {target} does not exist")


def main():
    wrong = []
    if len(statuses()) < 10:
        wrong.append("inspyr.h: the list of statuses was not found")
    check_errors(wrong)
    check_failures(wrong)
    check_readme(wrong)
    check_own_effect(wrong)
    check_program(wrong, "README.md", "docs/examples/cutout.c")
    check_program(wrong, "docs/migration.md", "docs/examples/remover.c")
    check_program(wrong, "docs/context.md", "docs/examples/service.c")
    check_links(wrong)
    for line in wrong:
        print(line)
    print(f"{len(statuses())} statuses, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
