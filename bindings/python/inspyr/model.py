"""Networks with their weights."""
from __future__ import annotations

import ctypes
import logging
import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Union

from . import _constants as c
from ._handle import Handle, Opened
from ._library import Guard, address, call, function, sized, text
from ._log import log_hook, logger
from ._options import CutoutOptions, Size, sides, word
from ._pixels import pixels
from ._results import as_source
from ._structs import inspyr_info, inspyr_load_options, inspyr_warmup_options
from ._weights import find_weights
from .effects import apply_effects
from .errors import InspyrArgumentError
from .image import _owned, opened
from .matte import matte
from .pool import Pool, pool_for
from .progress import ProgressWish, hook
from .report import report_of
from .sandbox import Sandbox


class ModelInfo(NamedTuple):
    """The configuration in effect: inspyr_info in inspyr.h has each field. cache: "off", "hit", "written", "failed"."""

    name: str
    version: str
    licence: str
    architecture: str
    engine: str
    device: str
    instructions: str
    precision: str
    note: str
    build: str
    parameters: int
    packed_bytes: int
    workspace_bytes: int
    base_width: int
    base_height: int
    size_multiple: int
    pool_width: int
    container: str
    read_ms: float
    pack_ms: float
    load_ms: float
    cache: str
    blend_size: int


class Model(Opened):
    """A network, loaded at once. Any number of threads may use it at the same time.

    source: "builtin"; "base", "fast" or "base-nightly" as 'inspyr pull' puts them; a weight file, or its bytes.
    device ("cpu", "cuda:0"), engine ("plain", "onednn", "torch") and precision ("exact", "bf16", ...): what is named is
    required, unless required=False, when another is taken and info.note says why. threads: 0 for one per processor, or
    a pool to share. cache_dir: where packed weights are kept; None: nowhere. log: a logger, None: no lines.

    Pickles as these arguments and is loaded again when it is first used."""

    def __init__(self, source: Union[None, str, bytes, "os.PathLike[str]"] = None, *, device: Optional[str] = None,
                 engine: Optional[str] = None, precision: str = "auto", required: Optional[bool] = None,
                 threads: int = 0, pool: Optional[Pool] = None, cache_dir: Optional[str] = None, base_size: Size = None,
                 blend_size: int = 0, workspace_limit: int = 0, device_memory: int = 0, device_reserve: int = 0,
                 device_timeout_ms: int = 0,
                 log: Optional[logging.Logger] = logger, progress: ProgressWish = None) -> None:
        if required is None:
            required = bool(device or engine or precision != "auto")
        self.__setstate__({
            "source": source, "device": device, "engine": engine, "required": required, "cache_dir": cache_dir,
            "precision": word(precision, c.PRECISIONS, "precision"), "threads": threads, "pool": pool, "log": log,
            "base_size": base_size, "numbers": {
                "blend_size": blend_size, "workspace_limit": workspace_limit, "device_memory": device_memory,
                "device_reserve": device_reserve, "device_timeout_ms": device_timeout_ms}})
        self._cell["handle"] = self._open(progress)

    def _open(self, progress: ProgressWish = None) -> Handle:
        options, weights, pool, keep = load_options(self._arguments)
        guard, out = Guard(), ctypes.c_void_p()
        with hook(progress, guard, options):
            path = os.fsencode(weights.path) if weights and weights.path else None
            call("model_load", ctypes.byref(out), path, ctypes.byref(options), guard=guard)
        held = (pool._handle,) if pool else ()
        return Handle(out.value, function("model_free"), held, keep)

    @property
    def info(self) -> ModelInfo:
        handle, raw = self._handle, sized(inspyr_info)
        call("model_info", handle.pointer, ctypes.byref(raw))
        return info_of(raw)

    @property
    def state(self) -> str:
        """"ready", "degraded", "warming"; "cold" before an unpickled model's first use. Never waits."""
        handle = self._cell.get("handle")
        return c.STATES[function("model_state")(handle.pointer if handle else None)]

    def warmup(self, *, network_size: Size = None, batch: int = 1, concurrency: int = 1, blended: bool = False,
               progress: ProgressWish = None) -> None:
        """Runs the path of requests once, so that later ones of the same size find their memory. blended: as dynamic
        sizes over info.blend_size."""
        handle, guard = self._handle, Guard()
        width, height = sides(network_size)
        options = sized(inspyr_warmup_options, flags=c.WARMUP_BLENDED * blended, network_width=width,
                        network_height=height, batch=batch, concurrency=concurrency)
        with hook(progress, guard, options):
            call("model_warmup", handle.pointer, ctypes.byref(options), guard=guard)

    def cutout(self, source: Any, type: Any = "rgba", *, effects: Union[None, str, Sequence[str]] = None,
               seed: int = 0, order: str = "rgb", progress: ProgressWish = None, as_stored: bool = False,
               sandbox: Optional[Sandbox] = None, **options: Any) -> Any:
        """The subject of a picture; inspyr.cutout() describes the arguments."""
        handle, guard = self._handle, Guard()
        compat = bool(options.get("compat"))
        as_stored = as_stored or compat
        picture = pixels(opened(source, as_stored, sandbox), order, not as_stored)
        if compat:
            picture = picture._replace(profile=None)
        how = CutoutOptions(type, order=order, profile=picture.profile, sandbox=sandbox, **options)
        out = ctypes.c_void_p()
        with hook(progress, guard, how.struct):
            call("remove_background", ctypes.byref(out), handle.pointer, ctypes.byref(picture.view), how.pointer(),
                 guard=guard)
        image = _owned(out.value, picture, report_of(how.report))
        if effects is None:
            return as_source(image, picture, order)
        drawn = apply_effects(image, effects, seed=seed, pool=handle.keep["pool"], progress=progress)
        return {name: as_source(result, picture, order) for name, result in drawn.items()}

    def matte(self, source: Any, **options: Any) -> Any:
        """The alpha plane of a picture, or the list of those of a list; see inspyr.matte.matte()."""
        return matte(self._handle, source, **options)


def info_of(raw: Any) -> ModelInfo:
    values: List[Any] = []
    for name in ModelInfo._fields:
        value = getattr(raw, name)
        values.append(text(value) if isinstance(value, (bytes, type(None))) else value)
    return ModelInfo(*values)._replace(cache=c.CACHE_USES[raw.cache])


def load_options(arguments: Dict[str, Any]) -> Any:
    """The struct, the weights (None: bytes), the pool, and what the struct points to for the model's life."""
    source = arguments["source"]
    given = source if isinstance(source, bytes) else None
    weights = None if given else find_weights(source)
    width, height = sides(arguments["base_size"])
    if weights and weights.base_size and not width:
        width = height = weights.base_size
    pool = pool_for(arguments["threads"], arguments["pool"])
    log = log_hook(arguments["log"])
    texts = [value.encode() if value else None for value in (arguments["device"], arguments["engine"])]
    cache = os.fsencode(arguments["cache_dir"]) if arguments["cache_dir"] else None
    options = sized(
        inspyr_load_options, device=texts[0], engine=texts[1], precision=arguments["precision"],
        device_need=c.NEED_REQUIRED if arguments["required"] else c.NEED_PREFERRED,
        pool=pool._handle.pointer if pool else None, log=address(log), bytes=address(given),
        bytes_size=len(given) if given else 0, cache_dir=cache, base_width=width, base_height=height,
        **arguments["numbers"])
    return options, weights, pool, {"pool": pool, "memory": (log, texts, cache)}
