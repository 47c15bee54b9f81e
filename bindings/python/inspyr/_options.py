"""From Python's arguments to the structs of the library. What the library can judge is left to it."""
from __future__ import annotations

import ctypes
from typing import Any, List, Optional, Tuple, Union

from . import _constants as c
from ._library import address, sized
from ._pixels import pixels
from ._structs import inspyr_bytes, inspyr_cutout_options, inspyr_report
from .errors import InspyrArgumentError

_TYPES = {"rgba": (c.OUTPUT_RGBA, 0), "map": (c.OUTPUT_MAP, 0), "green": (c.OUTPUT_COLOUR, 0x78FF9B),
          "white": (c.OUTPUT_COLOUR, 0xFFFFFF), "blur": (c.OUTPUT_BLUR, 0), "overlay": (c.OUTPUT_OVERLAY, 0)}
Size = Union[None, int, Tuple[int, int]]


def colour_of(value: Any) -> Optional[int]:
    """0xRRGGBB of "#RRGGBB", "[255, 0, 0]" or three numbers; None for anything else."""
    if isinstance(value, str):
        if len(value) == 7 and value[0] == "#":
            try:
                return int(value[1:], 16)
            except ValueError:
                return None
        if not (value.startswith("[") and value.endswith("]")):
            return None
        parts: List[Any] = value[1:-1].split(",")
    elif isinstance(value, (tuple, list)):
        parts = list(value)
    else:
        return None
    try:
        levels = [int(part) for part in parts]
    except (TypeError, ValueError):
        levels = []
    if len(levels) != 3 or not all(0 <= level <= 255 for level in levels):
        raise InspyrArgumentError(f"a colour is three numbers from 0 to 255, not {value!r}")
    return levels[0] << 16 | levels[1] << 8 | levels[2]


def word(value: str, words: Any, name: str) -> Any:
    if value not in words:
        raise InspyrArgumentError(f"{name} is one of {', '.join(words)}, not {value!r}")
    return words[value]


def sides(size: Size) -> Tuple[int, int]:
    if size is None:
        return 0, 0
    return (size, size) if isinstance(size, int) else (size[0], size[1])


class CutoutOptions:
    """An inspyr_cutout_options, its report, and what they point to."""

    def __init__(self, type: Any = "rgba", *, reverse: bool = False, threshold: Optional[float] = None,
                 crop: Union[bool, int] = False, blur: float = 0, linear: bool = False, keep_colours: bool = False,
                 resize: str = "static", short_side: int = 0, network_size: Size = None, compat: bool = False,
                 order: str = "rgb", profile: Optional[bytes] = None, with_report: bool = True,
                 compat_array: bool = False, sandbox: Any = None) -> None:
        flags = c.CUTOUT_REVERSE * reverse | c.CUTOUT_LINEAR_LIGHT * linear | c.CUTOUT_KEEP_COLOURS * keep_colours
        flags |= c.COMPAT * compat | c.COMPAT_ARRAY * compat_array | c.CUTOUT_CROP * (crop is not False)
        flags |= c.CUTOUT_THRESHOLD * (threshold is not None)
        width, height = sides(network_size)
        self.report = sized(inspyr_report) if with_report else None
        self._background, output, colour = self._type(type, order, sandbox)
        self._bytes = profile
        self._profile = inspyr_bytes(address(profile), len(profile)) if profile else None
        self.struct = sized(
            inspyr_cutout_options, flags=flags, output=output, colour=colour,
            crop_margin=0 if isinstance(crop, bool) else crop, network_width=width, network_height=height,
            report=address(self.report), resize=word(resize, {"static": 0, "dynamic": 1}, "resize"),
            short_side=short_side, threshold=threshold or 0, blur_sigma=blur,
            background=address(self._background.view) if self._background else None,
            profile=address(self._profile))

    @staticmethod
    def _type(type: Any, order: str, sandbox: Any) -> Tuple[Any, int, int]:
        if isinstance(type, str) and type in _TYPES:
            return (None, *_TYPES[type])
        colour = colour_of(type)
        if colour is not None:
            return None, c.OUTPUT_COLOUR, colour
        from .image import opened

        return pixels(opened(type, sandbox=sandbox), order), c.OUTPUT_PICTURE, 0

    def pointer(self) -> Any:
        return ctypes.byref(self.struct)
