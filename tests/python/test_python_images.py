"""Images: memory that is shared, files, pickles."""
import gc
import io
import pickle
import sys
import weakref

import numpy
import pytest
from PIL import Image as pillow

import inspyr


@pytest.fixture
def image(demo):
    return inspyr.Image.open(demo / "chelsea.png")


def test_numpy_sees_the_memory_itself_and_keeps_it_alive(image):
    view = image._view
    array = image.numpy()
    assert array.ctypes.data == view.data and array.strides[0] == view.stride and not array.flags.writeable
    total = int(array.sum())
    del image
    gc.collect()
    assert int(array.sum()) == total


@pytest.mark.skipif(sys.version_info < (3, 12), reason="classes have buffers from Python 3.12 on")
def test_a_memoryview_shows_the_pixels_where_there_are_no_gaps(image, demo):
    whole = inspyr.Image.open(demo / "astronaut.png")
    assert bytes(memoryview(whole)) == whole.tobytes()
    with pytest.raises(BufferError, match="gaps"):
        memoryview(image)


@pytest.mark.parametrize("dtype", ("uint8", "uint16", "float32"))
def test_numpy_sees_every_kind_of_sample_with_gaps_and_without(demo, dtype):
    for name in ("chelsea.png", "astronaut.png"):
        for image in (inspyr.Image.open(demo / name), inspyr.matte(demo / name, dtype=dtype)):
            array = numpy.asarray(image)
            assert array.ctypes.data == image._view.data and array.shape[:2] == image.size[::-1]
            assert array.tobytes() == image.tobytes() and not array.flags.writeable
        assert array.dtype == dtype


def test_numpy_and_buffers_hold_on_to_the_memory_and_let_it_go(demo):
    for shown in (inspyr.Image.numpy, lambda image: image.__buffer__(0)):
        image = inspyr.Image.open(demo / "astronaut.png")
        owner, view = weakref.ref(image._owner), shown(image)
        del image
        gc.collect()
        assert owner() is not None
        del view
        gc.collect()
        assert owner() is None


def test_the_buffer_holds_the_rows_and_cannot_be_written(image):
    whole = inspyr.Image.of(numpy.arange(48, dtype="u1").reshape(4, 4, 3))
    buffer = whole.__buffer__(0)
    assert buffer.readonly and buffer.shape == (4, 4, 3)
    assert bytes(buffer) == whole.tobytes() == whole.numpy().tobytes()


def test_rows_with_gaps_between_them_are_put_together(image):
    array = numpy.asarray(pillow.new("RGB", (5, 4), (1, 2, 3)))
    padded = numpy.pad(array, ((0, 0), (0, 9), (0, 0)))[:, :5]
    assert inspyr.Image.of(padded).tobytes() == array.tobytes()


@pytest.mark.parametrize("suffix, kind", [("png", "PNG"), ("jpg", "JPEG"), ("jpeg", "JPEG"), ("webp", "WEBP"),
                                          ("PNG", "PNG")])
def test_a_file_is_of_the_kind_that_its_suffix_says(image, tmp_path, suffix, kind):
    image.save(tmp_path / f"x.{suffix}")
    with pillow.open(tmp_path / f"x.{suffix}") as read:
        assert read.format == kind and read.size == image.size


def test_a_suffix_that_says_nothing_is_refused_before_a_file_is_there(image, tmp_path):
    with pytest.raises(inspyr.InspyrArgumentError, match="png, jpg"):
        image.save(tmp_path / "x.xyz")
    assert not (tmp_path / "x.xyz").exists()


def test_alpha_does_not_fit_into_jpeg(demo, tmp_path):
    with pytest.raises(inspyr.InspyrEncodeError):
        inspyr.cutout(demo / "chelsea.png").save(tmp_path / "x.jpg")
    assert not (tmp_path / "x.jpg").exists()


def test_pillow_reads_what_pil_gives(image, demo):
    assert numpy.array_equal(numpy.asarray(image.pil()), numpy.asarray(pillow.open(demo / "chelsea.png")))
    plane = inspyr.matte(image, dtype="uint16")
    assert plane.pil().mode == "I;16" and numpy.array_equal(numpy.asarray(plane.pil()), plane.numpy())


def test_notebooks_are_shown_a_png(image):
    png = image._repr_png_()
    assert numpy.array_equal(numpy.asarray(pillow.open(io.BytesIO(png))), image.numpy())
    assert inspyr.matte(image, dtype="float32")._repr_png_() is None


def test_images_pickle_with_their_report_and_profile(image):
    result = inspyr.cutout(image)
    result.profile = b"profile"
    copy = pickle.loads(pickle.dumps(result))
    assert numpy.array_equal(copy.numpy(), result.numpy())
    assert copy.report == result.report and copy.profile == b"profile" and copy.format == "rgba8"


def test_limits_are_the_librarys_and_can_be_lowered_and_shrunk_to(demo):
    with pytest.raises(inspyr.InspyrLimitError):
        inspyr.Image.open(demo / "chelsea.png", max_side=100)
    assert max(inspyr.Image.open(demo / "chelsea.png", max_side=100, shrink=True).size) <= 100
    with pytest.raises(inspyr.InspyrLimitError):
        inspyr.Image.open(demo / "chelsea.png", max_bytes=1000)


def test_damage_is_an_image_error_and_a_value_error(demo):
    data = (demo / "chelsea.png").read_bytes()
    with pytest.raises(ValueError) as caught:
        inspyr.Image.open(data[:5000])
    assert isinstance(caught.value, inspyr.InspyrImageError) and caught.value.name == "ERR_IMAGE"


@pytest.mark.parametrize("kind", [getattr(inspyr, name) for name in sorted(dir(inspyr)) if name.endswith("Error")])
def test_exceptions_pickle_with_status_and_message(kind):
    error = pickle.loads(pickle.dumps(kind("what it was")))
    assert type(error) is kind and error.status == kind.status and str(error) == error.message == "what it was"


def test_a_status_of_a_later_library_is_an_error_with_its_number():
    from inspyr.errors import error_of

    error = pickle.loads(pickle.dumps(error_of(-4711, "new")))
    assert type(error) is inspyr.InspyrError and error.status == -4711 and str(error) == "new"


def test_exceptions_are_what_python_programmers_catch():
    for kind, builtin in ((inspyr.InspyrArgumentError, ValueError), (inspyr.InspyrMemoryError, MemoryError),
                          (inspyr.InspyrFileError, OSError), (inspyr.InspyrTimeoutError, TimeoutError)):
        assert issubclass(kind, builtin)


@pytest.mark.parametrize("data", ("bytes", "tuple"))
def test_arrays_that_say_their_memory_as_a_buffer_are_read(python, data):
    python(f"""
import inspyr, numpy
class Picture(numpy.ndarray if {data!r} == "tuple" else object):
    pass
want = numpy.arange(5 * 4 * 3, dtype=numpy.uint8).reshape(5, 4, 3)
if {data!r} == "bytes":
    picture = Picture()
    picture.__array_interface__ = {{"shape": want.shape, "typestr": "|u1", "data": want.tobytes(), "version": 3}}
else:
    picture = want.view(Picture)
assert inspyr.Image.of(picture).tobytes() == want.tobytes()
""")
