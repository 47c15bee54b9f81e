"""What files of pictures are, and how they were read."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, Tuple

from . import _constants as c
from ._library import call, sized, text
from ._pixels import file_bytes
from ._structs import inspyr_probe

MAX_BYTES = 32 << 20
_KINDS = ("png", "jpeg", "webp", "pnm", "heif")


class Probe(NamedTuple):
    """size: upright, as Image.open() gives it; orientation: EXIF, 1..8; bits: of a sample, as stored."""

    size: Tuple[int, int]
    file: str
    orientation: int
    has_alpha: bool
    bits: int


class Decoded(NamedTuple):
    """How a file was read. stored_size: before it was turned and shrunk; file: as in Probe; warnings: damage that was
    passed over; warning: the first, "" for none."""

    stored_size: Tuple[int, int]
    file: str
    orientation: int
    shrunk: bool
    warnings: int
    warning: str


def probe(source: Any) -> Probe:
    """What a file is, of which only the header is read: its path, its bytes, or something to read from. No limits of
    size apply. file: "png", "jpeg", "webp", "pnm" or "heif"."""
    data, raw = file_bytes(source, MAX_BYTES), sized(inspyr_probe)
    call("image_probe", ctypes.byref(raw), data, len(data))
    return Probe((raw.width, raw.height), _KINDS[raw.file], raw.orientation, bool(raw.has_alpha), raw.bits)


def decoded_of(raw: Any) -> Decoded:
    return Decoded((raw.stored_width, raw.stored_height), _KINDS[raw.file], raw.orientation, bool(raw.shrunk),
                   raw.warnings, text(raw.warning))
