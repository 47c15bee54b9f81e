"""Alpha planes."""
from __future__ import annotations

import ctypes
from typing import Any, List, Optional

from . import _constants as c
from ._handle import Handle
from ._library import Guard, address, call, sized
from ._options import Size, sides, word
from ._pixels import Pixels, pixels
from ._results import as_source
from ._structs import inspyr_bytes, inspyr_matte_options, inspyr_report, inspyr_view
from .image import Image, opened
from .progress import ProgressWish, hook
from .report import report_of
from .sandbox import Sandbox

_DTYPES = {"uint8": (c.GREY8, 1), "uint16": (c.GREY16, 2), "float32": (c.GREYF32, 4)}


def _array(kind: Any, items: List[Any]) -> Any:
    return (kind * len(items))(*items)


def matte(handle: Handle, source: Any, *, dtype: str = "uint8", resize: str = "static", short_side: int = 0,
          network_size: Size = None, compat: bool = False, order: str = "rgb", progress: ProgressWish = None,
          sandbox: Optional[Sandbox] = None) -> Any:
    """The alpha plane of a picture: dtype uint8 (0..255), uint16 (0..65535) or float32 (0..1). A list of up to 64
    pictures goes through the network in one pass, where their sizes allow, and gives a list. sandbox: decodes files."""
    form, size = word(dtype, _DTYPES, "dtype")
    sources = source if isinstance(source, (list, tuple)) else [source]
    pictures: List[Pixels] = [pixels(opened(each, compat, sandbox), order, not compat) for each in sources]
    planes = [ctypes.create_string_buffer(p.view.width * p.view.height * size) for p in pictures]
    alphas = [inspyr_view(address(plane), p.view.width * size, p.view.width, p.view.height, form)
              for plane, p in zip(planes, pictures)]
    reports = [sized(inspyr_report) for _ in pictures]
    pointers = _array(ctypes.c_void_p, [address(report) for report in reports])
    profiles = _array(inspyr_bytes, [inspyr_bytes(address(p.profile), len(p.profile or b"")) for p in pictures])
    width, height = sides(network_size)
    options = sized(inspyr_matte_options, flags=c.COMPAT * compat, network_width=width, network_height=height,
                    reports=address(pointers), resize=word(resize, {"static": 0, "dynamic": 1}, "resize"),
                    short_side=short_side, profiles=address(profiles))
    guard = Guard()
    with hook(progress, guard, options):
        call("matte", handle.pointer, _array(inspyr_view, [p.view for p in pictures]), _array(inspyr_view, alphas),
             len(pictures), ctypes.byref(options), guard=guard)
    results = [as_source(Image(alpha, plane, None, report_of(report)), p, order)
               for alpha, plane, report, p in zip(alphas, planes, reports, pictures)]
    return results if isinstance(source, (list, tuple)) else results[0]
