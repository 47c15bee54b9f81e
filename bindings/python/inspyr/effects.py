"""Effects: the library's table, and drawing."""
from __future__ import annotations

import ctypes
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from . import _constants as c
from ._library import Guard, address, attempt, call, sized, text
from ._pixels import pixels
from ._results import as_source
from ._structs import (inspyr_effect, inspyr_effect_options, inspyr_effect_set, inspyr_effect_values,
                       inspyr_parameter)
from .errors import InspyrArgumentError, InspyrCancelledError, error_of
from .image import _owned, opened
from .pool import Pool
from .progress import ProgressWish, hook


class Parameter(NamedTuple):
    """kind: "number", "integer", "switch", "choice", "colour"; words: those of a choice."""

    name: str
    text: str
    unit: str
    kind: str
    least: float
    most: float
    preset: float
    words: Tuple[str, ...]
    no_effect: bool


class Effect(NamedTuple):
    name: str
    text: str
    version: int
    newest: int
    bytes_per_pixel: int
    parameters: Tuple[Parameter, ...]


def _rows(name: str, kind: Any, *before: int) -> List[Any]:
    """Rows of a table of the library, until it says that there are no more."""
    rows: List[Any] = []
    while True:
        row = sized(kind)
        failure = attempt(name, ctypes.byref(row), *before, len(rows))
        if isinstance(failure, InspyrArgumentError):
            return rows
        if failure is not None:
            raise failure
        rows.append(row)


def effects() -> List[Effect]:
    """All effects, with their parameters."""
    found = []
    for index, row in enumerate(_rows("effect_list", inspyr_effect)):
        parameters = tuple(
            Parameter(text(p.name), text(p.text), text(p.unit), c.PARAMETER_KINDS[p.kind], p.least, p.most, p.preset,
                      tuple(text(p.words).split("|")) if p.words else (), bool(p.no_effect))
            for p in _rows("parameter_list", inspyr_parameter, index))
        found.append(Effect(text(row.name), text(row.text), row.version, row.newest, row.bytes_per_pixel, parameters))
    return found


def effect_sets() -> Dict[str, List[str]]:
    """Names that stand for several effects: {"classic": ["color", ...]}."""
    return {text(row.name): text(row.effects).split(",") for row in _rows("effect_set_list", inspyr_effect_set)}


def parse_effects(wanted: Union[str, Sequence[str]]) -> List[str]:
    """The one text of each effect: "classic,popart:contrast=3" becomes ["color@1", ..., "popart@1:contrast=3"]."""
    joined = (wanted if isinstance(wanted, str) else ",".join(wanted)).encode()
    count = ctypes.c_size_t()
    call("effect_parse", None, ctypes.byref(count), joined, 0)
    found = []
    for index in range(count.value):
        values, out = sized(inspyr_effect_values), ctypes.create_string_buffer(c.EFFECT_TEXT_MAX)
        call("effect_parse", ctypes.byref(values), None, joined, index)
        call("effect_print", out, ctypes.byref(values))
        found.append(text(out.value))
    return found


def apply_effects(picture: Any, effects: Union[str, Sequence[str]], *, alpha: Any = None, seed: int = 0,
                  preview_side: int = 0, pool: Optional[Pool] = None, device: Optional[str] = None,
                  required: bool = True, order: str = "rgb", progress: ProgressWish = None,
                  return_exceptions: bool = False) -> Dict[str, Any]:
    """Draws effects on a picture, all at once on the pool: the results by the effects' texts. alpha: a plane of the
    picture's size that takes the place of its own. preview_side: results of at most so many pixels a side. An effect
    that fails stops no other; the first failure is raised or, with return_exceptions, stands where its result would."""
    names = parse_effects(effects)
    source = pixels(opened(picture), order)
    plane = pixels(opened(alpha), order) if alpha is not None else None
    n, guard, held = len(names), Guard(), pool._handle if pool else None
    named = device.encode() if device else None
    options = sized(inspyr_effect_options, pool=held.pointer if held else None, seed=seed, preview_side=preview_side,
                    quality=c.QUALITY_PREVIEW if preview_side else c.QUALITY_FULL, device=named,
                    device_need=c.NEED_REQUIRED if device and required else c.NEED_PREFERRED)
    outs, statuses = (ctypes.c_void_p * n)(), (ctypes.c_int32 * n)()
    texts = (ctypes.c_char_p * n)(*[name.encode() for name in names])
    with hook(progress, guard, options):
        failure = attempt("apply_effects", outs, statuses, ctypes.byref(source.view),
                          ctypes.byref(plane.view) if plane else None, texts, n, ctypes.byref(options), guard=guard)
    images = [_owned(out, source) if out else None for out in outs]
    if failure is not None and (not return_exceptions or not any(statuses)
                                or isinstance(failure, InspyrCancelledError)):
        raise failure
    message = failure.message if failure else ""
    return {name: as_source(image, source, order) if image else error_of(status, message)
            for name, image, status in zip(names, images, statuses)}
