"""Colour profiles: read, shown to the network, kept, and left out where they are not the picture's."""
import io

import numpy
import pytest
from PIL import Image as pillow
from PIL import ImageCms

import inspyr

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped():
    """sRGB whose red and blue have changed places."""
    table = 132 + 12 * int.from_bytes(SRGB[128:132], "big")
    tags = SRGB[132:table].replace(b"rXYZ", b"xxxx").replace(b"bXYZ", b"rXYZ").replace(b"xxxx", b"bXYZ")
    return SRGB[:132] + tags + SRGB[table:]


@pytest.fixture(scope="module")
def photo():
    from conftest import ROOT

    return pillow.open(ROOT / "demo" / "chelsea.png").convert("RGB")


@pytest.fixture
def wrong(photo, tmp_path):
    """A file of which the network must see red as blue."""
    photo.save(tmp_path / "x.png", icc_profile=swapped())
    return tmp_path / "x.png"


lcms = pytest.mark.skipif("lcms" not in inspyr.features(), reason="this build knows no profiles")


@lcms
def test_the_network_sees_what_the_profile_says_whatever_the_picture_comes_as(photo, wrong):
    turned = numpy.ascontiguousarray(numpy.asarray(photo)[..., ::-1])
    seen, blind = inspyr.cutout(turned, "map").astype(int), inspyr.cutout(photo, "map")
    sources = wrong, wrong.read_bytes(), inspyr.Image.open(wrong), pillow.open(wrong)
    with inspyr.Context(threads=2) as context:
        for source in sources:
            jobs = context.submit(source, type="map").result(60)[0].image
            for found in (inspyr.cutout(source, "map"), inspyr.matte(source), inspyr.matte([source])[0], jobs):
                found = numpy.asarray(found).astype(int)
                assert abs(found - seen).mean() < 0.5 < abs(found - numpy.asarray(blind)).mean()


@lcms
def test_compat_leaves_profiles_out_as_the_package_does(photo, wrong):
    want = numpy.asarray(inspyr.cutout(photo, "map", compat=True))
    with inspyr.Context(threads=2) as context:
        for source in (wrong, inspyr.Image.open(wrong), pillow.open(wrong)):
            result = context.submit(source, type="map", compat=True).result(60)[0].image
            for found in (inspyr.cutout(source, "map", compat=True), result):
                assert numpy.array_equal(numpy.asarray(found), want)
            file = context.submit(source, compat=True, encode="png").result(60)[0].data
            cutout = inspyr.cutout(source, compat=True)
            assert "icc_profile" not in pillow.open(io.BytesIO(file)).info
            assert cutout.profile is None if isinstance(cutout, inspyr.Image) else "icc_profile" not in cutout.info


@lcms
def test_the_results_are_the_commands(command, wrong, tmp_path):
    command("cutout", wrong, "--type", "map", "-o", tmp_path / "map.png")
    assert numpy.array_equal(numpy.asarray(pillow.open(tmp_path / "map.png")), inspyr.cutout(wrong, "map").numpy())


def test_a_profile_goes_from_the_picture_into_the_result_and_its_file(demo, tmp_path):
    profile = SRGB
    photo = pillow.open(demo / "chelsea.png").convert("RGB")
    photo.save(tmp_path / "x.jpg", icc_profile=profile)
    for source in (tmp_path / "x.jpg", pillow.open(tmp_path / "x.jpg")):
        result = inspyr.cutout(source)
        result = result if isinstance(result, inspyr.Image) else None or result
        file = result.encode("png") if isinstance(result, inspyr.Image) else _png(result)
        assert pillow.open(io.BytesIO(file)).info.get("icc_profile") == profile
    assert inspyr.cutout(tmp_path / "x.jpg", "map").profile is None
    inspyr.cutout(tmp_path / "x.jpg", "map").encode("png")


def _png(picture):
    out = io.BytesIO()
    picture.save(out, "PNG", icc_profile=picture.info["icc_profile"])
    return out.getvalue()


@pytest.mark.parametrize("mode, space", (("CMYK", b"CMYK"), ("L", b"GRAY"), ("RGB", b"GRAY"), ("L", b"RGB "),
                                          ("CMYK", b"RGB ")))
def test_a_profile_of_other_colours_than_the_picture_has_here_is_left_out(demo, mode, space):
    file = io.BytesIO()
    profile = bytearray(128)
    profile[16:20] = space
    pillow.open(demo / "chelsea.png").convert(mode).save(file, "JPEG", icc_profile=bytes(profile))
    picture = pillow.open(file)
    assert picture.info["icc_profile"] == profile and inspyr.Image.of(picture).profile is None
    assert inspyr.cutout(picture).size == picture.size


def test_what_is_no_profile_is_left_out(photo):
    picture = photo.copy()
    picture.info["icc_profile"] = bytearray(SRGB)
    assert inspyr.Image.of(picture).profile is None and inspyr.cutout(picture).size == photo.size
