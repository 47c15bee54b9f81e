"""Cut-outs: the command's bytes, and what goes in comes out."""
import io

import numpy
import pytest
from PIL import Image as pillow

import inspyr


@pytest.fixture(scope="module")
def cat():
    from conftest import ROOT

    return ROOT / "demo" / "chelsea.png"


@pytest.fixture(scope="module")
def array(cat):
    return numpy.asarray(pillow.open(cat).convert("RGB"))


CASES = [
    ((), {}),
    (("--type", "map"), {"type": "map"}),
    (("--type", "green"), {"type": "green"}),
    (("--type", "white"), {"type": "white"}),
    (("--type", "#20a0ff"), {"type": "#20a0ff"}),
    (("--type", "[32, 160, 255]"), {"type": (32, 160, 255)}),
    (("--type", "blur"), {"type": "blur"}),
    (("--type", "blur", "--blur", "3"), {"type": "blur", "blur": 3}),
    (("--type", "overlay"), {"type": "overlay"}),
    (("--type", "green", "--linear"), {"type": "green", "linear": True}),
    (("--reverse",), {"reverse": True}),
    (("--threshold", "0.5"), {"threshold": 0.5}),
    (("--crop",), {"crop": True}),
    (("--resize", "dynamic", "--short-side", "256"), {"resize": "dynamic", "short_side": 256}),
    (("--compat", "--type", "white"), {"compat": True, "type": "white"}),
]


@pytest.mark.parametrize("arguments, options", CASES, ids=[" ".join(a) or "plain" for a, _ in CASES])
def test_results_are_the_commands_byte_for_byte(command, cat, tmp_path, arguments, options):
    command("cutout", cat, "-o", "theirs.png", *arguments)
    inspyr.cutout(cat, **options).save(tmp_path / "ours.png")
    assert (tmp_path / "ours.png").read_bytes() == (tmp_path / "theirs.png").read_bytes()


def test_a_background_of_any_kind_is_the_commands(command, cat, demo, tmp_path):
    background = demo / "astronaut.png"
    command("cutout", cat, "-o", "theirs.png", "--type", background)
    theirs = (tmp_path / "theirs.png").read_bytes()
    for kind in (background, str(background), pillow.open(background), inspyr.Image.open(background),
                 numpy.asarray(pillow.open(background).convert("RGB"))):
        assert inspyr.cutout(cat, kind).encode() == theirs


def test_effects_are_the_commands(command, cat, tmp_path):
    command("cutout", cat, "--effects", "popart,sketch", "-o", tmp_path)
    drawn = inspyr.cutout(cat, effects=["popart", "sketch"])
    assert list(drawn) == ["popart@1", "sketch@1"]
    for text, image in drawn.items():
        theirs = tmp_path / f"chelsea_{text.split('@')[0]}.png"
        assert image.encode() == theirs.read_bytes()


def test_a_kind_of_picture_comes_back_as_that_kind(cat, array):
    assert isinstance(inspyr.cutout(cat), inspyr.Image)
    assert isinstance(inspyr.cutout(str(cat)), inspyr.Image)
    assert isinstance(inspyr.cutout(cat.read_bytes()), inspyr.Image)
    assert isinstance(inspyr.cutout(io.BytesIO(cat.read_bytes())), inspyr.Image)
    assert isinstance(inspyr.cutout(inspyr.Image.open(cat)), inspyr.Image)
    assert isinstance(inspyr.cutout(pillow.open(cat)), pillow.Image)
    result = inspyr.cutout(array)
    assert isinstance(result, numpy.ndarray) and result.shape == (300, 451, 4) and result.dtype == numpy.uint8
    result[0, 0] = 7  # is the caller's alone


def test_all_kinds_hold_the_same_pixels(cat, array):
    want = inspyr.cutout(cat).numpy()
    for source in (cat.read_bytes(), pillow.open(cat), array, inspyr.Image.of(array)):
        assert numpy.array_equal(numpy.asarray(inspyr.cutout(source)), want)


LAYOUTS = {
    "rows that walk upwards": lambda a: numpy.ascontiguousarray(a[::-1])[::-1],
    "bgr seen as rgb": lambda a: numpy.ascontiguousarray(a[..., ::-1])[..., ::-1],
    "both": lambda a: numpy.ascontiguousarray(a[::-1, :, ::-1])[::-1, :, ::-1],
    "columns that walk backwards": lambda a: numpy.ascontiguousarray(a[:, ::-1])[:, ::-1],
    "padded rows": lambda a: numpy.pad(a, ((0, 0), (0, 13), (0, 0)))[:, :a.shape[1]],
    "three of four channels": lambda a: numpy.dstack([a, a[..., :1]])[..., :3],
    "every second column": lambda a: numpy.repeat(a, 2, axis=1)[:, ::2],
    "planes": lambda a: numpy.ascontiguousarray(a.transpose(2, 0, 1)).transpose(1, 2, 0),
    "columns first": numpy.asfortranarray,
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_array_of_any_layout_is_the_picture_that_it_shows(array, name):
    laid = LAYOUTS[name](array)
    assert numpy.array_equal(laid, array)
    assert numpy.array_equal(inspyr.cutout(laid), inspyr.cutout(array))


def test_upward_rows_and_bgr_are_not_copied(array):
    from inspyr._pixels import pixels

    memory = numpy.ascontiguousarray(array[::-1, :, ::-1])
    got = pixels(memory[::-1, :, ::-1])
    assert got.view.data == memory[::-1].ctypes.data and got.view.stride == -memory.strides[0]
    assert got.view.format == 4


def test_arrays_of_opencv_come_and_go_in_their_order(array):
    got = inspyr.cutout(numpy.ascontiguousarray(array[..., ::-1]), order="bgr")
    assert numpy.array_equal(got[..., [2, 1, 0, 3]], inspyr.cutout(array))


def test_grey_arrays_of_two_and_three_dimensions_are_alike(array):
    grey = array[..., 0]
    assert numpy.array_equal(inspyr.cutout(grey), inspyr.cutout(grey[..., None]))


@pytest.mark.parametrize("bad", [numpy.zeros((4, 4, 2), "u1"), numpy.zeros((4, 4, 3), "f4"), numpy.zeros(4, "u1"),
                                 numpy.zeros((4, 4, 3), "u2")])
def test_an_array_that_is_no_picture_is_refused_with_its_shape(bad):
    with pytest.raises(inspyr.InspyrArgumentError, match="a picture is an array of uint8"):
        inspyr.cutout(bad)


def test_an_empty_array_is_refused():
    with pytest.raises(inspyr.InspyrArgumentError):
        inspyr.cutout(numpy.zeros((0, 4, 3), "u1"))


def test_what_is_no_picture_is_a_type_error():
    for thing in (7, object(), None, [1, 2]):
        with pytest.raises(TypeError, match="a picture is"):
            inspyr.cutout(thing)


def test_a_path_that_is_not_there_is_pythons_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        inspyr.cutout(tmp_path / "no.png")


@pytest.mark.parametrize("mode", "1 L LA P PA RGB RGBA RGBX CMYK YCbCr HSV I;16 F".split())
def test_every_mode_of_pillow_is_read(mode, cat):
    rgb = pillow.open(cat).convert("RGB").resize((64, 48))
    if mode == "PA":
        image = rgb.convert("P").convert("PA")
    elif mode == "I;16":
        image = pillow.new("I;16", (64, 48))
    elif mode == "RGBX":
        image = pillow.frombytes("RGBX", (64, 48), rgb.convert("RGBA").tobytes())
    else:
        image = rgb.convert(mode)
    assert inspyr.cutout(image).size == (64, 48)


def test_pil_images_are_turned_as_their_exif_says(cat):
    rgb = pillow.open(cat).convert("RGB")
    file = io.BytesIO()
    exif = pillow.Exif()
    exif[0x0112] = 6
    rgb.rotate(90, expand=True).save(file, "PNG", exif=exif)
    assert inspyr.cutout(pillow.open(io.BytesIO(file.getvalue()))).size == rgb.size
    assert inspyr.cutout(file.getvalue()).size == rgb.size


def test_the_report_says_where_the_subject_is(demo):
    image = inspyr.cutout(demo / "astronaut.png", crop=4)
    x, y, width, height = image.report.subject
    assert not image.report.no_subject and 0.2 < image.report.coverage < 0.8
    assert image.report.result_at == (max(x - 4, 0), max(y - 4, 0))
    assert image.width <= width + 8 and image.height <= height + 8


def test_mattes_of_a_list_are_those_of_each_alone(cat, array, demo):
    sources = [cat, array, demo / "astronaut.png"]
    many = inspyr.matte(sources)
    assert isinstance(many[0], inspyr.Image) and isinstance(many[1], numpy.ndarray)
    for source, plane in zip(sources, many):
        assert numpy.array_equal(numpy.asarray(plane), numpy.asarray(inspyr.matte(source)))


@pytest.mark.parametrize("dtype, most", [("uint8", 255), ("uint16", 65535), ("float32", 1)])
def test_mattes_have_the_depth_that_is_asked_for(array, dtype, most):
    plane = inspyr.matte(array, dtype=dtype)
    assert plane.dtype == dtype and plane.shape == array.shape[:2] and 0 <= plane.min() < plane.max() <= most
    assert abs(plane.mean() / most - inspyr.matte(array).mean() / 255) < 0.002


def test_wrong_words_are_refused_with_those_there_are(cat):
    for options, message in (({"resize": "up"}, "static, dynamic"), ({"order": "gbr"}, "'rgb' or 'bgr'"),
                             ({"type": (1, 2)}, "three numbers"), ({"type": (1, 2, 300)}, "three numbers")):
        with pytest.raises(inspyr.InspyrArgumentError, match=message):
            inspyr.cutout(numpy.zeros((4, 4, 3), "u1"), **options)
    with pytest.raises(inspyr.InspyrArgumentError, match="gold"):
        inspyr.apply_effects(cat, "gold")


def test_tables_of_effects_are_complete():
    table = {effect.name: effect for effect in inspyr.effects()}
    assert {"color", "enhancedblackwhite", "popart", "dithering"} <= set(table)
    for parameter in table["popart"].parameters:
        assert parameter.least <= parameter.preset <= parameter.most and parameter.text
    assert inspyr.parse_effects("classic") == [f"{name}@{table[name].version}" for name in
                                               inspyr.effect_sets()["classic"]]


def test_an_effect_that_fails_stops_no_other(cat):
    names = ["popart", "dithering"]
    both = inspyr.apply_effects(cat, names, return_exceptions=True)
    assert all(isinstance(each, inspyr.Image) for each in both.values())


def test_there_is_a_device_and_what_cannot_be_used_says_why():
    found = inspyr.devices()
    assert any(device.engine == "plain" and device.usable for device in found)
    assert all(device.usable or len(device.reason) > 10 for device in found)


def test_a_device_that_is_named_is_required_unless_said_otherwise(caplog):
    with pytest.raises(inspyr.InspyrDeviceError):
        inspyr.Model(device="cuda:77")
    with caplog.at_level("WARNING", "inspyr"):
        model = inspyr.Model(device="cuda:77", required=False)
    assert model.info.device == "cpu" and model.info.note and model.info.note in caplog.text
