"""The faces of transparent-background and rembg, beside those packages where they are installed, and their READMEs'
examples."""
import inspect
import io
import os
import re
import sys
import textwrap
import warnings
from pathlib import Path

import numpy
import pytest
from PIL import Image as pillow

import inspyr
from inspyr.compat import rembg
from inspyr.compat._mask import post_process
from inspyr.compat.transparent_background import Remover

# Pythons that have the packages; their signatures are read without importing them, which takes half a minute.
PLACES = [Path(place) for place in (*os.environ.get("INSPYR_PEERS", "").split(":"), *sys.path) if place]


def signature_of(file, name):
    """The names and defaults of a function in a file of an installed package."""
    import ast

    for place in PLACES:
        if (place / file).exists():
            tree = ast.parse((place / file).read_text(encoding="utf-8"))
            break
    else:
        pytest.skip(f"{file} is not installed")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            defaults = [None] * (len(node.args.args) - len(node.args.defaults)) + node.args.defaults
            return [(each.arg, ast.literal_eval(value) if value else inspect.Parameter.empty)
                    for each, value in zip(node.args.args, defaults)]
    raise AssertionError(f"{file} has no {name}")


def ours(function):
    return [(each.name, each.default) for each in inspect.signature(function).parameters.values()
            if each.kind is each.POSITIONAL_OR_KEYWORD]


@pytest.fixture
def photo(demo):
    return pillow.open(demo / "chelsea.png").convert("RGB")


@pytest.fixture
def remover():
    return Remover("builtin")


def test_the_remover_takes_what_the_packages_takes():
    file = "transparent_background/Remover.py"
    assert ours(Remover.__init__) == signature_of(file, "__init__")
    assert ours(Remover.process) == signature_of(file, "process")


def test_remove_and_new_session_take_what_rembgs_take():
    assert ours(rembg.remove) == signature_of("rembg/bg.py", "remove")
    assert ours(rembg.new_session) == signature_of("rembg/session_factory.py", "new_session")


def test_every_name_of_rembgs_models_is_known():
    for place in PLACES:
        if (place / "rembg/sessions").is_dir():
            text = "".join(p.read_text(encoding="utf-8") for p in sorted((place / "rembg/sessions").glob("*.py")))
            break
    else:
        pytest.skip("rembg is not installed")
    names = set(re.findall(r'def name\([^)]*\)[^:]*:\n(?: +"""(?:.|\n)*?"""\n)? +return "([^"]+)"', text))
    assert len(names) > 15 and names - set(rembg._THEIRS) - set(rembg._SERVICES) == set()


@pytest.mark.parametrize("type", ["rgba", "map", "green", "white", "[255, 0, 0]", "blur", "overlay"])
@pytest.mark.parametrize("options", [{}, {"threshold": 0.5}, {"threshold": "0.5", "reverse": True}])
def test_the_removers_results_are_the_commands_with_compat(command, remover, photo, tmp_path, type, options):
    photo.save(tmp_path / "x.png")
    flags = [f"--threshold={options['threshold']}"] if "threshold" in options else []
    flags += ["--reverse"] if options.get("reverse") else []
    command("cutout", "x.png", "--compat", "-t", type, "-o", "theirs.png", *flags)
    got = remover.process(photo, type=type, **options)
    want = pillow.open(tmp_path / "theirs.png")
    assert numpy.array_equal(numpy.asarray(got.convert(want.mode)), numpy.asarray(want))
    assert got.mode == ("RGBA" if type == "rgba" else "RGB")


def test_the_readme_of_transparent_background_works(photo, tmp_path, monkeypatch, root):
    """Its "Usage as a package", with a checkpoint of its format in the place of those that it downloads."""
    source = textwrap.dedent("""
        remover = Remover(mode='builtin') # default setting
        remover = Remover(mode='builtin', jit=True, device='cpu', ckpt=None) # custom setting
        remover = Remover(mode='builtin', resize='dynamic') # use dynamic resizing instead of static resizing
        img = Image.open('samples/aeroplane.jpg').convert('RGB') # read image

        out = remover.process(img) # default setting - transparent background
        out = remover.process(img, type='rgba') # same as above
        out = remover.process(img, type='map') # object map only
        out = remover.process(img, type='green') # image matting - green screen
        out = remover.process(img, type='white') # change backround with white color
        out = remover.process(img, type=[255, 0, 0]) # change background with color code [255, 0, 0]
        out = remover.process(img, type='blur') # blur background
        out = remover.process(img, type='overlay') # overlay object map onto the image
        out = remover.process(img, type='samples/background.jpg') # use another image as a background
        out = remover.process(img, threshold=0.5)
        out.save('output.png') # save result
    """)
    (tmp_path / "samples").mkdir()
    monkeypatch.chdir(tmp_path)
    photo.save("samples/aeroplane.jpg")
    photo.transpose(pillow.Transpose.FLIP_LEFT_RIGHT).save("samples/background.jpg")
    exec(source, {"Remover": Remover, "Image": pillow})
    assert pillow.open("output.png").mode == "RGBA"


def test_arrays_are_resampled_as_the_package_does_and_come_back_as_arrays(remover, photo):
    array = numpy.asarray(photo)
    got = remover.process(array, type="map")
    assert got.shape == array.shape and got.dtype == numpy.uint8
    assert not numpy.array_equal(got, numpy.asarray(remover.process(photo, type="map")))
    with pytest.raises(inspyr.InspyrUnsupportedError):
        Remover("builtin", resize="dynamic").process(array)


def test_what_the_package_warns_of_or_refuses_is_the_same_here(tmp_path, monkeypatch):
    with pytest.raises(AttributeError, match="Unsupported resizing method"):
        Remover("builtin", resize="other")
    with pytest.warns(UserWarning, match="static"):
        assert Remover("builtin", jit=True, resize="dynamic").resize == "static"
    monkeypatch.setenv("INSPYR_MODEL_DIR", str(tmp_path))
    monkeypatch.setenv("TRANSPARENT_BACKGROUND_FILE_PATH", str(tmp_path))
    with pytest.raises(inspyr.InspyrFileError, match="inspyr pull base"):
        Remover()
    (tmp_path / ".transparent-background").mkdir()
    (tmp_path / ".transparent-background/ckpt_base.pth").write_bytes(b"not one")
    with pytest.raises(inspyr.InspyrWeightsError):
        Remover()


def test_the_librarys_own_flavour_is_one_attribute_away(remover, photo):
    remover.compat = False
    assert numpy.array_equal(numpy.asarray(remover.process(photo)), numpy.asarray(inspyr.cutout(photo)))


README_OF_REMBG = {
    "bytes": """
        with open('input.png', 'rb') as i:
            with open('output.png', 'wb') as o:
                input = i.read()
                output = remove(input)
                o.write(output)
    """,
    "PIL": """
        from PIL import Image
        input = Image.open('input.png')
        output = remove(input)
        output.save('output.png')
    """,
    "force": """
        with open('input.png', 'rb') as i:
            with open('output.png', 'wb') as o:
                input = i.read()
                output = remove(input, force_return_bytes=True)
                o.write(output)
    """,
    "session": """
        from pathlib import Path
        session = new_session()
        for file in Path('.').glob('*put.png'):
            input_path = str(file)
            output_path = str(file.parent / 'output.png')
            with open(input_path, 'rb') as i:
                input = i.read()
                output = remove(input, session=session)
            with open(output_path, 'wb') as o:
                o.write(output)
            break
    """,
}


@pytest.mark.parametrize("name", README_OF_REMBG)
def test_the_readme_of_rembg_works(photo, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    photo.save("input.png")
    exec(textwrap.dedent(README_OF_REMBG[name]), {"remove": rembg.remove, "new_session": rembg.new_session})
    with pillow.open("output.png") as got:
        assert numpy.array_equal(numpy.asarray(got), numpy.asarray(inspyr.cutout(photo)))


def test_remove_gives_arrays_for_arrays_and_masks_if_asked(photo):
    array = numpy.asarray(photo)
    assert numpy.array_equal(rembg.remove(array), inspyr.cutout(array))
    mask = rembg.remove(photo, only_mask=True)
    assert mask.mode == "L" and numpy.array_equal(numpy.asarray(mask), numpy.asarray(inspyr.cutout(photo, "map")))
    assert rembg.remove(photo, force_return_bytes=True).startswith(b"\x89PNG")


def test_remove_puts_a_colour_behind_and_can_keep_the_pictures_own(photo):
    coloured = rembg.remove(photo, bgcolor=(10, 20, 30, 255))
    assert coloured.mode == "RGBA" and coloured.getchannel("A").getextrema() == (255, 255)
    kept = numpy.asarray(rembg.remove(photo, putalpha=True))
    assert numpy.array_equal(kept[..., :3], numpy.asarray(photo))


def test_what_rembg_does_elsewhere_is_refused_and_other_networks_are_told_of():
    with pytest.raises(ValueError, match="not supported"):
        rembg.remove(7)
    with pytest.raises(inspyr.InspyrUnsupportedError, match="vitmatte"):
        rembg.remove(b"x", vitmatte=True)
    with pytest.raises(inspyr.InspyrUnsupportedError, match="never asks"):
        rembg.new_session("withoutbg", api_key="sk")
    with pytest.warns(UserWarning, match="u2netp is not here"):
        rembg.new_session("u2netp")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rembg.new_session("bria-rmbg", providers=["CPUExecutionProvider"])
        rembg.new_session("builtin", threads=1)


def test_masks_are_smoothed_as_scipy_and_scikit_image_do(photo):
    """The recipe of rembg, run by the packages that it uses."""
    try:
        from scipy.ndimage import gaussian_filter
        from skimage.morphology import disk, opening
    except ImportError:
        pytest.skip("scipy or scikit-image is not installed")
    noise = numpy.random.default_rng(3).integers(0, 256, (60, 80), "u1")
    for mask in (numpy.asarray(rembg.remove(photo, only_mask=True)), noise):
        smooth = gaussian_filter(opening(mask, disk(1)).astype(numpy.float64), sigma=2)
        want = numpy.where(smooth < 127, 0, 255)
        assert (numpy.asarray(post_process(pillow.fromarray(mask))) != want).mean() < 1e-4
    file = io.BytesIO()
    photo.save(file, "PNG")
    hard = pillow.open(io.BytesIO(rembg.remove(file.getvalue(), post_process_mask=True)))
    assert set(numpy.unique(numpy.asarray(hard)[..., 3])) <= {0, 255}
    assert rembg.remove(photo, only_mask=True, post_process_mask=True).getextrema() == (0, 255)
