"""What the pages show runs as it stands there."""
import re

import pytest

from conftest import ROOT

PAGES = ["README.md", "docs/python.md", "bindings/python/README.md"]


def programs(page):
    return re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.S | re.M)


@pytest.mark.parametrize("page", PAGES)
def test_the_programs_of_a_page_run_one_after_the_other(page, python, demo, tmp_path):
    found = programs(page)
    assert found
    from PIL import Image

    Image.open(demo / "chelsea.png").convert("RGB").save(tmp_path / "cat.jpg", quality=95)
    python("\n".join(found))
    with Image.open(tmp_path / "cat.png") as result:
        assert result.mode == "RGBA" and result.size == (451, 300)


def test_every_argument_of_cutout_is_in_the_manual():
    import inspect

    import inspyr

    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    missing = {name for name in inspect.signature(inspyr.cutout).parameters if f"`{name}`" not in page}
    assert missing <= {"source", "seed", "keep_colours"}


def test_every_public_name_has_a_docstring():
    import inspect

    import inspyr

    for name in inspyr.__all__:
        thing = getattr(inspyr, name)
        assert inspect.getdoc(thing), name
        if inspect.isclass(thing) and not issubclass(thing, (tuple, Exception)):
            for attribute, value in vars(thing).items():
                if not attribute.startswith("_") and inspect.isfunction(value):
                    inherited = any(hasattr(base, attribute) for base in thing.__mro__[1:])
                    assert inspect.getdoc(value) or inherited or attribute in ("save", "info"), (name, attribute)
