"""Pictures of other packages as views: their memory is used where it lies, or copied where its layout is none that a
view can say."""
from __future__ import annotations

import os
import sys
from typing import Any, NamedTuple, Optional, Tuple

from . import _constants as c
from ._library import address
from ._structs import inspyr_view
from .errors import InspyrArgumentError

_RGB = {1: c.GREY8, 3: c.RGB8, 4: c.RGBA8}
_BGR = {1: c.GREY8, 3: c.BGR8, 4: c.BGRA8}
_COLOURS = ("RGB", "RGBA", "RGBa", "RGBX", "P", "PA")  # modes whose profile still fits when they have become RGB
_PIL = {"L": c.GREY8, "RGB": c.RGB8, "RGBA": c.RGBA8}
CHANNELS = {c.RGBA8: 4, c.RGB8: 3, c.BGRA8: 4, c.BGR8: 3, c.GREY8: 1, c.GREY16: 1, c.GREYF32: 1}


class Pixels(NamedTuple):
    """kind: "image", "pil" or "numpy"; keep: what the view's memory belongs to; profile: ICC bytes or None."""

    view: Any
    keep: Any
    kind: str
    profile: Optional[bytes] = None


def is_pil(source: Any) -> bool:
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(source, module.Image)


def is_numpy(source: Any) -> bool:
    module = sys.modules.get("numpy")
    return module is not None and isinstance(source, module.ndarray)


def is_file(source: Any) -> bool:
    """A path, the bytes of a file, or something that can be read."""
    return isinstance(source, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(source, "read")


def file_bytes(source: Any, limit: int) -> bytes:
    """The bytes of such a thing; of a path one more than the limit at most, which is enough to refuse it."""
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            return file.read(limit + 1)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    data = source.read()
    if not isinstance(data, bytes):
        raise TypeError("the file must be opened for bytes, not for text")
    return data


def _pil(source: Any, upright: bool) -> Pixels:
    profile = source.info.get("icc_profile")
    if not isinstance(profile, bytes) or profile[16:20] != b"RGB " or source.mode not in _COLOURS:
        profile = None
    if upright:
        from PIL import ImageOps

        source = ImageOps.exif_transpose(source) or source
    if source.mode not in _PIL:
        alpha = source.mode in ("LA", "PA", "La", "RGBa") or "transparency" in source.info
        source = source.convert("RGBA" if alpha else "RGB")
    data = source.tobytes()
    channels = len(source.mode)
    view = inspyr_view(address(data), source.width * channels, source.width, source.height, _PIL[source.mode])
    return Pixels(view, data, "pil", profile)


def _layout(interface: Any, order: str) -> Optional[Tuple[int, int, int, int, int]]:
    """Address, stride, width, height and format of an array; None where no view can say its layout."""
    shape = interface["shape"]
    if interface["typestr"][1:] != "u1" or len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in _RGB):
        raise InspyrArgumentError(f"a picture is an array of uint8, height x width or height x width x 1, 3 or 4, "
                                  f"not {tuple(shape)} of {interface['typestr']}")
    channels = shape[2] if len(shape) == 3 else 1
    at = interface["data"][0]
    strides = interface.get("strides") or (shape[1] * channels, channels, 1)[:len(shape)]
    if 0 in shape or strides[1] != channels:
        return None if 0 not in shape else (0, 0, shape[1], shape[0], _RGB[channels])
    if len(shape) == 2 or channels == 1 or strides[2] == 1:
        return at, strides[0], shape[1], shape[0], (_RGB if order == "rgb" else _BGR)[channels]
    if channels == 3 and strides[2] == -1:  # array[..., ::-1]: the samples lie the other way round
        return at - 2, strides[0], shape[1], shape[0], (_BGR if order == "rgb" else _RGB)[3]
    return None


def _array(source: Any, order: str) -> Pixels:
    if order not in ("rgb", "bgr"):
        raise InspyrArgumentError(f"order is 'rgb' or 'bgr', not {order!r}")
    kind = "numpy" if is_numpy(source) else "image"
    if not isinstance(source.__array_interface__.get("data"), tuple):  # the protocol has buffers there, too
        import numpy

        source = numpy.asarray(source)
    layout = _layout(source.__array_interface__, order)
    if layout is None:
        import numpy

        source = numpy.ascontiguousarray(source)
        layout = _layout(source.__array_interface__, order)
    assert layout is not None
    at, stride, width, height, form = layout
    return Pixels(inspyr_view(at, stride, width, height, form), source, kind)


def pixels(source: Any, order: str = "rgb", upright: bool = True) -> Pixels:
    """The pixels of an Image, a PIL image (turned as its EXIF says, if upright) or an array. Files come decoded."""
    from .image import Image

    if isinstance(source, Image):
        return Pixels(source._view, source, "image", source.profile)
    if is_pil(source):
        return _pil(source, upright)
    if hasattr(source, "__array_interface__"):
        return _array(source, order)
    raise TypeError(f"a picture is a path, the bytes of a file, an inspyr.Image, a PIL image or a NumPy array, not "
                    f"{type(source).__name__}")
