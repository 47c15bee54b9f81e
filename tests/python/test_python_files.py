"""Files: what they are, how they were read, and sandboxes that read them."""
import io
import os
import pickle
from pathlib import Path

import numpy
import pytest
from PIL import Image as pillow

import inspyr


@pytest.fixture
def cat(demo):
    return demo / "chelsea.png"


@pytest.fixture
def turned(cat):
    file, exif = io.BytesIO(), pillow.Exif()
    exif[0x0112] = 6
    pillow.open(cat).convert("RGB").save(file, "JPEG", exif=exif, quality=95)
    return file.getvalue()


@pytest.fixture(scope="module")
def sandbox():
    if "sandbox" not in inspyr.features():
        pytest.skip("this build has no sandbox")
    with inspyr.Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("kind, mode", [("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGBA"), ("PPM", "RGB")])
def test_a_file_is_what_pillow_says_it_is(cat, kind, mode):
    file = io.BytesIO()
    pillow.open(cat).convert(mode).save(file, kind)
    read = pillow.open(file)
    found = inspyr.probe(file.getvalue())
    assert found.size == read.size and found.bits == 8 and found.orientation == 1
    assert found.file == {"PPM": "pnm"}.get(read.format, read.format.lower())
    assert found.has_alpha == (read.mode == "RGBA")


def test_a_header_is_enough_to_say_what_a_file_is_and_rubbish_is_refused(cat, turned):
    assert inspyr.probe(cat) == inspyr.probe(cat.read_bytes()) == inspyr.probe(open(cat, "rb"))
    assert inspyr.probe(turned) == inspyr.probe(turned[:2000])
    assert inspyr.probe(turned).size == (300, 451) and inspyr.probe(turned).orientation == 6
    with pytest.raises(inspyr.InspyrImageFormatError):
        inspyr.probe(b"no picture")


def test_an_image_says_how_its_file_was_read(turned):
    image = inspyr.Image.open(turned, max_side=200, shrink=True)
    assert image.decoded[:5] == ((451, 300), "jpeg", 6, True, 0) and image.decoded.warning == ""
    assert image.size == (image.width, image.height) and max(image.size) <= 200
    assert pickle.loads(pickle.dumps(image)).decoded == image.decoded
    assert inspyr.Image.of(numpy.zeros((4, 4), "u1")).decoded is None
    whole = inspyr.Image.open(turned).decoded
    assert not whole.shrunk and whole.stored_size == (451, 300)


def test_planes_become_a_picture(cat):
    array = inspyr.Image.open(cat).numpy()
    planes = [numpy.ascontiguousarray(array[..., n]) for n in range(3)]
    assert numpy.array_equal(inspyr.Image.merge(planes).numpy(), array)
    merged = inspyr.Image.merge([*planes, inspyr.matte(cat)])
    assert merged.format == "rgba8" and numpy.array_equal(merged.numpy()[..., 3], inspyr.matte(cat).numpy())
    with pytest.raises(inspyr.InspyrArgumentError):
        inspyr.Image.merge(planes[:2])


def test_a_file_is_the_same_picture_from_a_sandbox(sandbox, cat, turned):
    for source in (cat, turned):
        inside, outside = inspyr.Image.open(source, sandbox=sandbox), inspyr.Image.open(source)
        assert inside.tobytes() == outside.tobytes() and inside.decoded == outside.decoded
    with pytest.raises(inspyr.InspyrImageError):
        inspyr.Image.open(cat.read_bytes()[:5000], sandbox=sandbox)


def test_whatever_takes_a_file_decodes_it_in_the_sandbox_that_it_is_given(cat, tmp_path):
    """One that was closed refuses, which shows who asked it."""
    if "sandbox" not in inspyr.features():
        pytest.skip("this build has no sandbox")
    closed, model, array = inspyr.Sandbox(), inspyr.Model(threads=1), inspyr.Image.open(cat).numpy()
    closed.close()
    for call in (lambda: inspyr.cutout(cat, sandbox=closed), lambda: model.cutout(cat, sandbox=closed),
                 lambda: inspyr.matte(cat, sandbox=closed), lambda: model.matte([cat, cat], sandbox=closed),
                 lambda: inspyr.cutout(array, cat, sandbox=closed), lambda: inspyr.Context(sandbox=closed)):
        with pytest.raises(inspyr.InspyrArgumentError, match="sandbox is closed"):
            call()
    model.cutout(array, network_size=32, sandbox=closed)  # is decoded already


def test_jobs_are_decoded_in_the_sandbox_of_their_context(cat, sandbox):
    photo = io.BytesIO()
    pillow.open(cat).convert("RGB").resize((6000, 4000)).save(photo, "PNG", compress_level=1)
    with inspyr.Context(threads=1, sandbox=inspyr.Sandbox(max_memory=64 << 20)) as context:
        with pytest.raises(inspyr.InspyrMemoryError):
            context.submit(photo.getvalue(), network_size=32).result(60)
    own = inspyr.Sandbox()
    context = inspyr.Context(threads=1, sandbox=own)
    job = context.submit(cat, type="map")
    own.close()  # the context keeps its processes
    assert job.result(60)[0].image.tobytes() == inspyr.cutout(cat, "map").tobytes()
    context.close()


def decoders():
    """The numbers of this process's children that decode."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, name, _, parent = stat.read_text().split()[:4]
        except OSError:  # ended meanwhile
            continue
        if name.startswith("(inspyr-decode") and int(parent) == os.getpid():
            found.add(number)
    return found


def test_a_process_serves_many_pictures_or_one(cat, sandbox):
    others = decoders()
    for one_picture in (False, True):
        with inspyr.Sandbox(one_picture=one_picture) as own:
            first = decoders() - others
            assert len(first) == 1
            inspyr.Image.open(cat, sandbox=own)
            assert bool(first & decoders()) == (not one_picture)


def test_a_sandbox_without_its_program_says_what_it_misses(sandbox):
    with pytest.raises(inspyr.InspyrUnsupportedError):
        inspyr.Sandbox(helper="/nowhere/inspyr-decode")
    for options in ({"max_memory": 1}, {"deadline_ms": -1}):
        with pytest.raises(inspyr.InspyrArgumentError):
            inspyr.Sandbox(**options)
