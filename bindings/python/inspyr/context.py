"""A model that loads in the background, behind a queue with deadlines, batches and a cache."""
from __future__ import annotations

import ctypes
import os
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from . import _constants as c
from ._handle import Handle, Opened
from ._library import address, call, function, sized, text
from ._log import log_hook, logger
from ._options import Size, sides, word
from ._pixels import file_bytes, is_file, pixels
from ._request import Request
from ._service_structs import inspyr_context_options, inspyr_context_status, inspyr_level
from ._structs import inspyr_info, inspyr_warmup_options
from ._weights import find_weights
from .cache import Cache
from .errors import InspyrArgumentError, InspyrOverloadError
from .files import MAX_BYTES
from .job import DONE_HOOK, RESULT_HOOK, Job, JobResult, forget, register
from .metrics import Trace, metrics_of, metrics_text_of, span_function
from .model import ModelInfo, info_of, load_options
from .pool import Pool
from .sandbox import Sandbox

_NUMBERS = frozenset("workers max_batch max_wait_ms queue_items queue_bytes memory_budget load_attempts retry_ms "
                     "idle_release_ms price_per_hour".split())
_OF_MODELS = frozenset("blend_size workspace_limit device_memory device_reserve device_timeout_ms".split())


class Level(NamedTuple):
    """Less that a context may do while jobs wait longer than delay_ms: at most that size of network, or another model
    (None: the context's) in that precision."""

    delay_ms: int
    network_size: Size = None
    source: Optional[str] = None
    precision: str = "auto"


class ContextStatus(NamedTuple):
    """inspyr_context_status in inspyr_context.h has each field; reason: "" where there is none."""

    state: str
    reason: str
    progress: float
    estimate_s: float
    elapsed_s: float
    phase_s: Tuple[float, ...]
    attempt: int
    level: int
    queue_items: int
    running: int
    queue_bytes: int
    memory_reserved: int
    queue_delay_ms: int


def _level(level: Level) -> Any:
    width, height = sides(level.network_size)
    path = find_weights(level.source).path if level.source else None
    return sized(inspyr_level, network_width=width, network_height=height, delay_ms=level.delay_ms,
                 precision=word(level.precision, c.PRECISIONS, "precision"), source=os.fsencode(path) if path else None)


class Context(Opened):
    """Returns at once and loads meanwhile, unless wait. Any number of threads may use it.

    source to base_size: as in Model(). cache: a Cache, which contexts may share. trace: collects spans. sandbox: every
    file that is submitted is decoded there. batching=False: every picture in a pass of its own. levels: entered one
    after the other, the first being the mildest. options: numbers, of which 0 is the library's default, as
    inspyr_context_options in inspyr_context.h has them: workers, max_batch, max_wait_ms, queue_items, queue_bytes,
    memory_budget, load_attempts, retry_ms, idle_release_ms, price_per_hour; and those of Model(): blend_size,
    workspace_limit, device_memory, device_reserve, device_timeout_ms. Pickles as these arguments and is opened again
    when it is first used. close() cancels what is left."""

    _calls_back = True

    def __init__(self, source: Any = None, *, device: Optional[str] = None, engine: Optional[str] = None,
                 precision: str = "auto", required: Optional[bool] = None, threads: int = 0,
                 pool: Optional[Pool] = None, cache_dir: Optional[str] = None, base_size: Size = None,
                 cache: Optional[Cache] = None, trace: Optional[Trace] = None,
                 sandbox: Optional[Sandbox] = None, wait: bool = False, cold: bool = False,
                 batching: bool = True, levels: Sequence[Level] = (), history: Optional[str] = None,
                 **options: Any) -> None:
        if required is None:
            required = bool(device or engine or precision != "auto")
        flags = c.CONTEXT_WAIT * wait | c.CONTEXT_COLD * cold | c.CONTEXT_NO_BATCHING * (not batching)
        unknown = set(options) - _NUMBERS - _OF_MODELS
        if unknown:
            raise InspyrArgumentError(f"a context has no option {', '.join(sorted(unknown))}")
        self._begin({
            "source": source, "device": device, "engine": engine, "required": required, "cache_dir": cache_dir,
            "precision": word(precision, c.PRECISIONS, "precision"), "threads": threads, "pool": pool, "log": logger,
            "base_size": base_size, "numbers": {name: options.pop(name) for name in _OF_MODELS & set(options)},
            "cache": cache, "trace": trace, "sandbox": sandbox, "flags": flags, "levels": tuple(levels),
            "history": history, "options": options})

    def _open(self) -> Handle:
        of = self._arguments
        load, weights, pool, keep = load_options(of)
        if weights is None:
            raise InspyrArgumentError("a context loads from a file, not from bytes")
        log, cache, trace = log_hook(logger), of["cache"], of["trace"]
        held = tuple(each._handle for each in (pool, cache, trace, of["sandbox"]) if each is not None)
        texts = (os.fsencode(weights.path) if weights.path else None, of["history"] and os.fsencode(of["history"]))
        levels = [_level(level) for level in of["levels"]]
        pointers = (ctypes.c_void_p * len(levels))(*map(address, levels))
        options = sized(
            inspyr_context_options, levels=address(pointers) if levels else None, level_count=len(levels),
            flags=of["flags"], source=texts[0], load=address(load), log=address(log),
            cache=cache._handle.pointer if cache is not None else None, span=span_function(trace),
            span_user=trace._handle.pointer if trace is not None else None, history=texts[1], **of["options"])
        out = ctypes.c_void_p()
        call("context_open", ctypes.byref(out), ctypes.byref(options))
        return Handle(out.value, function("context_free"), held, (keep, log))

    def submit(self, source: Any, type: Any = "rgba", *, on_result: Optional[Callable[[JobResult], Any]] = None,
               order: str = "rgb", **request: Any) -> Job:
        """A job for a picture, of any kind that inspyr.cutout() takes; its arguments are taken, too, but progress.

        encode: "png" and so on for bytes of a file, else results are Images. effects, seed, preview_side; sizes: sides
        of networks, each a result of its own. priority: "interactive", "batch" or "warmup". deadline_ms: from now on.
        on_result is called with each result on a thread of the context, and must not wait for it."""
        handle, out, job = self._handle, ctypes.c_void_p(), Job(on_result)
        compat = bool(request.get("compat"))
        picture = None if is_file(source) else pixels(source, order, not compat)
        profile = picture.profile if picture is not None else None
        wanted = Request(type, order=order, profile=profile, sandbox=self._arguments["sandbox"], **request)
        wanted.struct.done = address(DONE_HOOK)
        wanted.struct.result = address(RESULT_HOOK) if on_result is not None else None
        wanted.struct.user = number = register(job)
        try:
            if picture is None:
                data = file_bytes(source, MAX_BYTES)
                call("context_submit", ctypes.byref(out), handle.pointer, data, len(data), ctypes.byref(wanted.struct))
            else:
                call("context_submit_view", ctypes.byref(out), handle.pointer, ctypes.byref(picture.view),
                     ctypes.byref(wanted.struct))
        except BaseException:
            forget(number)
            raise
        job._adopt(out.value)
        return job

    def process(self, sources: Iterable[Any], type: Any = "rgba", **request: Any) -> List[Any]:
        """One job for each picture, all at once: for each, in order, its results, or the exception that it ended with,
        so that one bad picture spoils no batch. More than fit the queue wait."""
        jobs: List[Any] = []
        for source in sources:
            try:
                jobs.append(self._submit_in_turn(jobs, source, type, request))
            except Exception as failure:
                jobs.append(failure)
        return [job if isinstance(job, Exception) else job.exception() or job.result() for job in jobs]

    def _submit_in_turn(self, jobs: List[Any], source: Any, type: Any, request: Dict[str, Any]) -> Job:
        """Waits for earlier ones while the queue is full."""
        while True:
            waiting = next((job for job in jobs if isinstance(job, Job) and not job.done()), None)
            try:
                return self.submit(source, type, **request)
            except InspyrOverloadError:
                if waiting is None:
                    raise
                waiting.exception()

    def estimate(self, width: int, height: int, type: Any = "rgba", **request: Any) -> int:
        """Bytes that a job of a picture of this size would take at most; what it is asked for as in submit()."""
        handle, out = self._handle, ctypes.c_uint64()
        wanted = Request(type, **request)
        call("context_estimate", ctypes.byref(out), handle.pointer, width, height, ctypes.byref(wanted.struct))
        return out.value

    def warmup(self, sizes: Sequence[Size] = (), *, batch: int = 1, blended: bool = False,
               timeout: float = -1) -> None:
        """Loads if nothing is loaded, and runs the path of requests for these sizes of network; none: the base size.
        batch and blended: as in Model.warmup()."""
        handle, n = self._handle, len(sizes)
        each = [sized(inspyr_warmup_options, flags=c.WARMUP_BLENDED * blended, network_width=sides(s)[0],
                      network_height=sides(s)[1], batch=batch)
                for s in (sizes or (None,))]
        pointers = (ctypes.c_void_p * len(each))(*map(address, each))
        call("context_warmup", handle.pointer, pointers, n or 1, -1 if timeout < 0 else int(timeout * 1000))

    @property
    def state(self) -> str:
        """"loading", "warming", "ready", "degraded", "draining", "failed" or "cold". Never waits."""
        handle = self._cell.get("handle")
        return c.STATES[function("context_state")(handle.pointer if handle else None)]

    def status(self) -> ContextStatus:
        """Never waits."""
        handle, raw = self._handle, sized(inspyr_context_status)
        call("context_status_get", handle.pointer, ctypes.byref(raw))
        values = {name: getattr(raw, name) for name in ContextStatus._fields}
        values.update(state=c.STATES[raw.state], reason=text(raw.reason), phase_s=tuple(raw.phase_s))
        return ContextStatus(**values)

    @property
    def info(self) -> ModelInfo:
        handle, raw = self._handle, sized(inspyr_info)
        call("context_info", handle.pointer, ctypes.byref(raw))
        return info_of(raw)

    def metrics(self) -> Dict[str, Any]:
        """What was counted and timed: inspyr_metrics in inspyr_metrics.h has each field."""
        return metrics_of(self._handle)

    def metrics_text(self) -> str:
        """The same as OpenMetrics text, of the type inspyr.metrics.METRICS_TYPE."""
        return metrics_text_of(self._handle)

    def trim(self, share: float = 1.0) -> None:
        """Frees idle memory, and this share of the cache's."""
        handle = self._handle
        function("context_trim")(handle.pointer, share)

    def drain(self, timeout: float = -1) -> None:
        """Takes nothing new, finishes what is there, and cancels the rest after so many seconds; -1: never."""
        handle = self._handle
        call("context_drain", handle.pointer, -1 if timeout < 0 else int(timeout * 1000))
