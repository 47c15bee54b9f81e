"""The package and the headers say the same."""
import ctypes
import re
import subprocess

import pytest

from inspyr import _constants, _library, _service_structs, _structs, errors

HEADERS = ("inspyr.h", "inspyr_context.h", "inspyr_cache.h", "inspyr_metrics.h")
NOT_WRAPPED = {"inspyr_context_process"}  # Context.process() does it with exceptions of its own


@pytest.fixture(scope="module")
def header():
    from conftest import ROOT

    text = "".join((ROOT / "include" / name).read_text(encoding="utf-8") for name in HEADERS)
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    """type -> field -> (offset, size), as the compiler sees it."""
    from conftest import ROOT

    program = tmp_path_factory.mktemp("layout") / "layout"
    try:
        subprocess.run(["cc", "-I", ROOT / "include", "-o", program, ROOT / "tests/abi/layout.c"], check=True)
    except FileNotFoundError:
        pytest.skip("there is no C compiler")
    table = {}
    for line in subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines():
        kind, field, offset, size = line.split()
        table.setdefault(kind, {})[field] = int(offset), int(size)
    return table


def mirrors():
    return {name: kind for module in (_structs, _service_structs) for name, kind in vars(module).items()
            if isinstance(kind, type) and issubclass(kind, ctypes.Structure) and name.startswith("inspyr_")}


def test_every_struct_is_laid_out_as_the_compiler_has_it(layout):
    assert len(mirrors()) > 35
    for name, kind in mirrors().items():
        ours = {"-": (0, ctypes.sizeof(kind))}
        for field, _ in kind._fields_:
            at = getattr(kind, field)
            ours[field] = at.offset, at.size
        assert ours == layout[name], name


def test_every_public_struct_has_a_mirror(header):
    declared = set(re.findall(r"typedef struct (inspyr_\w+) \{", header))
    assert declared - set(mirrors()) == {"inspyr_allocator"}
    assert set(mirrors()) <= declared


def test_every_field_has_the_name_and_order_of_the_header(header):
    for name, body in re.findall(r"typedef struct (inspyr_\w+) \{(.*?)\n\} inspyr", header, re.S):
        if name not in mirrors():
            continue
        fields = [re.sub(r"\[.*", "", part).strip(" *\n").split()[-1].strip("*")
                  for line in re.sub(r"\(\*(\w+)\)\([^;]*\)", r" \1", body).split(";") for part in line.split(",")
                  if part.strip()]
        assert [field for field, _ in mirrors()[name]._fields_] == fields, name


def test_every_constant_is_the_headers(header):
    declared = {name: int(value, 0) for name, value in re.findall(r"\bINSPYR_(\w+) = (-?\w+)", header)
                if re.fullmatch(r"-?\d\w*", value)}
    declared.update((name, int(value, 0)) for name, value in re.findall(
        r"#define INSPYR_(\w+)[\s\\]+(?:UINT64_C\()?(\d\w*)", header))
    ours = {name: value for name, value in vars(_constants).items() if isinstance(value, int)}
    assert len(ours) > 70
    for name, value in ours.items():
        assert declared.get(name) == value, name


def test_every_status_has_an_exception(header):
    declared = {int(value): (name, text) for name, value, text in
                re.findall(r'\bX\((\w+), (-?\d+), "([^"]*)"\)', header)}
    del declared[0]
    assert set(declared) | {0} == set(errors.BY_STATUS)
    for status, (name, _) in declared.items():
        assert errors.BY_STATUS[status].name == name
        assert errors.BY_STATUS[status].__name__ == \
            "Inspyr" + "".join(word.title() for word in name.split("_")[1:]) + "Error"


def test_every_function_takes_what_the_header_says(header):
    letters = {"size_t": "z", "int32_t": "i", "int64_t": "l", "uint64_t": "u", "float": "f", "double": "d",
               "inspyr_status": "i", "inspyr_cache_pool": "i", "inspyr_state": "i", "void": ""}
    declared = re.findall(r"INSPYR_API (?:INSPYR_CHECK )?([\w ]+?[ *]+)(inspyr_\w+)\(([^;]*)\);", header)
    assert len(declared) > 50

    def letter(parameter):
        words = parameter.replace("const ", "").split()
        if "*" in parameter or "[" in parameter or "(" in parameter:
            return "p"
        return letters[words[0]]

    for gives, name, takes in declared:
        if name in NOT_WRAPPED:
            continue
        arguments = "".join(letter(each) for each in takes.split(",") if each.strip() != "void")
        short = name[len("inspyr_"):]
        ours = _library._STATUS[short] + "p" if short in _library._STATUS else _library._OTHER[short][0]
        assert ours.replace("s", "p") == arguments, name
        assert (gives.strip() == "inspyr_status") == (short in _library._STATUS), name
    names = {name[len("inspyr_"):] for _, name, _ in declared} - {n[len("inspyr_"):] for n in NOT_WRAPPED}
    assert names == set(_library._STATUS) | set(_library._OTHER)


def test_another_version_is_refused(python):
    program = """
import inspyr._library as l, os, pathlib
os.environ["INSPYR_LIBRARY"] = l.library._name
source = pathlib.Path(l.__file__).read_text().replace("VERSION = (0, 2)", "VERSION = (0, 3)")
try:
    exec(compile(source, "x", "exec"), {"__name__": "inspyr._library", "__package__": "inspyr", "__file__": l.__file__})
except ImportError as why:
    print(why)
"""
    assert "is version 0.2.0, and this package is for 0.3" in python(program)


def test_a_library_that_is_not_there_is_an_import_error_that_says_where_it_was_sought(python, tmp_path):
    import os

    environment = {**os.environ, "INSPYR_LIBRARY": str(tmp_path / "no.so")}
    out = python("try:\n import inspyr\nexcept ImportError as why:\n print(why)", env=environment)
    assert "no.so" in out and "INSPYR_LIBRARY" in out


def test_the_package_is_written_in_the_python_of_its_oldest_version():
    import ast

    from conftest import PACKAGE, ROOT

    oldest = re.search(r'requires-python = ">=3\.(\d+)"', (PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))
    sources = [*(PACKAGE / "inspyr").rglob("*.py"), *(ROOT / "docs/examples").glob("*.py")]
    assert len(sources) > 25 and oldest
    for source in sources:
        tree = ast.parse(source.read_text(encoding="utf-8"), str(source), feature_version=(3, int(oldest.group(1))))
        assert source.parent.name == "examples" or any(  # with which annotations are never evaluated
            isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body) or \
            not any(isinstance(node, (ast.AnnAssign, ast.FunctionDef)) for node in ast.walk(tree)), source
