"""Pixels that the library owns, or that came back from a pickle."""
from __future__ import annotations

import ctypes
import os
import sys
from typing import Any, Dict, Optional, Sequence, Tuple

from . import _constants as c
from ._handle import Handle
from ._library import address, call, function, sized
from ._pixels import CHANNELS, Pixels, file_bytes, is_file, pixels
from ._structs import inspyr_bytes, inspyr_decode_options, inspyr_decode_report, inspyr_encode_options, inspyr_view
from .errors import InspyrArgumentError
from .files import MAX_BYTES, Decoded, decoded_of
from .report import Report
from .sandbox import Sandbox, sandbox_handle

_NAMES = {c.RGBA8: "rgba8", c.RGB8: "rgb8", c.GREY8: "grey8", c.GREY16: "grey16", c.GREYF32: "greyf32",
          c.BGRA8: "bgra8", c.BGR8: "bgr8"}
_SAMPLES = {c.GREY16: "u2", c.GREYF32: "f4"}
_ORDER = "<" if sys.byteorder == "little" else ">"
_MODES = {c.RGBA8: "RGBA", c.RGB8: "RGB", c.GREY8: "L", c.GREY16: "I;16", c.GREYF32: "F"}


class Image:
    """A picture. Immutable; any number of threads may use it. numpy.asarray(image) and, from Python 3.12 on and where
    no gaps are between rows, memoryview(image) show its pixels without a copy, and keep it alive. report: of the call
    that made it; decoded: how the file was read that it came from."""

    __slots__ = ("_view", "_owner", "profile", "report", "decoded", "__weakref__")

    def __init__(self, view: Any, owner: Any, profile: Optional[bytes] = None, report: Optional[Report] = None,
                 decoded: Optional[Decoded] = None) -> None:
        self._view = view
        self._owner = owner
        self.profile = profile
        self.report = report
        self.decoded = decoded

    @staticmethod
    def open(source: Any, *, as_stored: bool = False, shrink: bool = False, heif: bool = False, max_bytes: int = 0,
             max_pixels: int = 0, max_side: int = 0, sandbox: Optional[Sandbox] = None) -> "Image":
        """Decodes a file: its path, its bytes, or something to read from. JPEG, PNG, WebP and PNM, told apart by
        content, turned upright unless as_stored. Limits that are 0 are the library's: 32 MiB, 50 megapixels,
        32767 a side; shrink makes pictures over the last two smaller instead of refusing them. sandbox: decodes it."""
        data = file_bytes(source, max_bytes or MAX_BYTES)
        flags = c.DECODE_AS_STORED * as_stored | c.DECODE_SHRINK * shrink | c.DECODE_HEIF * heif
        held, read = sandbox_handle(sandbox), sized(inspyr_decode_report)
        options = sized(inspyr_decode_options, flags=flags, max_bytes=max_bytes, max_pixels=max_pixels,
                        max_side=max_side, report=address(read), sandbox=held.pointer if held else None)
        out = ctypes.c_void_p()
        call("image_decode", ctypes.byref(out), data, len(data), ctypes.byref(options))
        image = _owned(out.value)
        image.decoded = decoded_of(read)
        return image

    @staticmethod
    def of(picture: Any, order: str = "rgb") -> "Image":
        """The pixels of a PIL image or an array, which must not change while this Image is used."""
        view, keep, _, profile = pixels(picture, order)
        return Image(view, keep, profile)

    @staticmethod
    def merge(planes: Sequence[Any]) -> "Image":
        """A picture of three or four grey ones: red, green, blue, alpha. All are of one size."""
        parts = [pixels(opened(plane)) for plane in planes]
        views, out = (inspyr_view * len(parts))(*[part.view for part in parts]), ctypes.c_void_p()
        call("image_merge", ctypes.byref(out), views, len(parts), None)
        return _owned(out.value)

    @property
    def width(self) -> int:
        return int(self._view.width)

    @property
    def height(self) -> int:
        return int(self._view.height)

    @property
    def size(self) -> Tuple[int, int]:
        """Width and height."""
        return self.width, self.height

    @property
    def format(self) -> str:
        """"rgba8" (straight alpha), "rgb8", "grey8", "grey16" or "greyf32"."""
        return _NAMES[self._view.format]

    @property
    def __array_interface__(self) -> Dict[str, Any]:
        return interface(self, readonly=True)

    def __buffer__(self, flags: int, /) -> memoryview:
        if self._padded():  # a buffer of this kind cannot say so; NumPy then takes the other way
            raise BufferError("there are gaps between the rows: numpy() shows and tobytes() copies them")
        kind = {"u1": "B", "u2": "H", "f4": "f"}[_sample(self._view.format)[0][1:]]
        rows: Any = memoryview(self._memory()).cast("B")
        shown: memoryview = rows.cast(kind, interface(self, readonly=True)["shape"])
        return shown.toreadonly()

    def _row(self) -> int:
        return self.width * CHANNELS[self._view.format] * _sample(self._view.format)[1]

    def _padded(self) -> bool:
        return bool(self._view.stride != self._row())

    def _memory(self) -> Any:
        """The rows, one after the other, as a ctypes array that keeps this image alive."""
        array = _keeping(self._row() * self.height).from_address(self._view.data)
        array.image = self
        return array

    def tobytes(self) -> bytes:
        """The rows without what may lie between them."""
        row, at = self._row(), self._view.data
        if not self._padded():
            return ctypes.string_at(at, row * self.height)
        return b"".join(ctypes.string_at(at + y * self._view.stride, row) for y in range(self.height))

    def encode(self, file: str = "png", *, quality: int = 0, compression: int = 0, lossless: bool = False,
               pool: Any = None) -> bytes:
        """The bytes of a file: "png", "jpg", "webp" or "pam". quality: 1..100 for JPEG and WebP, 0: 90;
        compression: 1..9 for PNG, 0: fast. Colours keep their profile. Alpha does not fit into JPEG."""
        if file not in c.FILES:
            raise InspyrArgumentError(f"file is one of {', '.join(c.FILES)}, not {file!r}")
        held = pool._handle if pool is not None else None
        profile = inspyr_bytes(address(self.profile), len(self.profile)) \
            if self.profile and file != "pam" else None
        options = sized(inspyr_encode_options, flags=c.ENCODE_LOSSLESS * lossless, file=c.FILES[file],
                        quality=quality, compression=compression, pool=held.pointer if held else None,
                        profile=address(profile))
        out = inspyr_bytes()
        call("image_encode", ctypes.byref(out), ctypes.byref(self._view), ctypes.byref(options))
        try:
            return ctypes.string_at(out.data, out.size)
        finally:
            function("bytes_free")(ctypes.byref(out))

    def save(self, path: "str | os.PathLike[str]", file: Optional[str] = None, **options: Any) -> None:
        """Writes a file; what kind, its suffix says, unless `file` does. options: as in encode()."""
        kind = file or os.path.splitext(os.fspath(path))[1][1:].lower()
        data = self.encode(kind, **options)
        with open(path, "wb") as out:
            out.write(data)

    def pil(self) -> Any:
        """As a PIL image."""
        from PIL import Image as pillow

        mode = _MODES[self._view.format]
        image = pillow.frombytes(mode, self.size, self.tobytes())
        if self.profile:
            image.info["icc_profile"] = self.profile
        return image

    def numpy(self) -> Any:
        """As a NumPy array of its pixels, which are not copied and cannot be written."""
        import numpy

        return numpy.asarray(self)

    def _repr_png_(self) -> Optional[bytes]:
        return self.encode("png") if self._view.format != c.GREYF32 else None

    def __reduce__(self) -> Any:
        return _unpickled, (self.tobytes(), self.width, self.height, self._view.format, self.profile, self.report,
                             self.decoded)

    def __repr__(self) -> str:
        return f"<inspyr.Image {self.width} x {self.height} {self.format}>"


def _sample(form: int) -> Tuple[str, int]:
    kind = _SAMPLES.get(form, "u1")
    return ("|" if kind == "u1" else _ORDER) + kind, int(kind[1])


def interface(image: Image, readonly: bool) -> Dict[str, Any]:
    """NumPy's description of an image's memory."""
    view = image._view
    channels, (kind, size) = CHANNELS[view.format], _sample(view.format)
    grey = channels == 1
    return {"version": 3, "typestr": kind, "data": (view.data, readonly),
            "shape": (view.height, view.width) if grey else (view.height, view.width, channels),
            "strides": (view.stride, size) if grey else (view.stride, channels, 1)}


def _keeping(size: int) -> Any:
    """A ctypes array whose objects can have an attribute."""
    return type("pixels", (ctypes.c_ubyte * size,), {})


def _owned(pointer: Optional[int], source: Optional[Pixels] = None, report: Optional[Report] = None) -> Image:
    """An image of the library. Its profile is its own, or that of the picture that it was made of, as long as both are
    grey or neither is."""
    owner = Handle(pointer, function("image_free"))
    view, own = inspyr_view(), inspyr_bytes()
    function("image_view")(owner.pointer, ctypes.byref(view))
    function("image_profile")(owner.pointer, ctypes.byref(own))
    profile = ctypes.string_at(own.data, own.size) if own.size else None
    if source is not None and (CHANNELS[view.format] == 1) == (CHANNELS[source.view.format] == 1):
        profile = profile or source.profile
    return Image(view, owner, profile, report)


def _unpickled(data: bytes, width: int, height: int, form: int, profile: Optional[bytes],
               report: Optional[Report], decoded: Optional[Decoded] = None) -> Image:
    view = inspyr_view(address(data), len(data) // height, width, height, form)
    return Image(view, data, profile, report, decoded)


def copied(image: Image) -> Image:
    """With memory of its own."""
    return _unpickled(image.tobytes(), image.width, image.height, image._view.format, image.profile, image.report)


def opened(source: Any, as_stored: bool = False, sandbox: Optional[Sandbox] = None) -> Any:
    """A file decoded; anything else as it is."""
    return Image.open(source, as_stored=as_stored, sandbox=sandbox) if is_file(source) else source
