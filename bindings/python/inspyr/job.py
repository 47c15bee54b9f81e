"""Jobs of a context: futures that can be awaited."""
from __future__ import annotations

import asyncio
import concurrent.futures
import ctypes
import itertools
from typing import Any, Callable, Dict, Generator, List, NamedTuple, Optional, Tuple

from . import _constants as c
from ._handle import Handle, on_library_thread
from ._library import attempt, call, function, sized, text
from ._log import logger
from ._service_structs import inspyr_job_result, inspyr_job_status
from ._structs import inspyr_view
from .errors import InspyrError, InspyrNotReadyError, error_of
from .image import Image, copied

RESULT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(inspyr_job_result))
DONE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32)


class JobResult(NamedTuple):
    """One result: an image, or the bytes of a file if the request had encode, or the error. effect: "popart@1"; "" for
    a cut-out. origin: "compute", "l1", "l2" or "joined". Those of a job share its memory."""

    position: int
    image: Optional[Image]
    data: Optional[bytes]
    error: Optional[InspyrError]
    effect: str
    origin: str
    level: int
    network_size: Tuple[int, int]
    scale: float


class JobStatus(NamedTuple):
    state: str
    progress: float
    results_ready: int
    result_count: int
    queued_s: float
    run_s: float


def _result_of(raw: Any, owner: Any) -> JobResult:
    """owner: what keeps the image's memory; None copies it."""
    image = None
    if raw.image:
        view = inspyr_view()
        function("image_view")(raw.image, ctypes.byref(view))
        image = copied(Image(view, None)) if owner is None else Image(view, owner)
    return JobResult(
        raw.index, image, ctypes.string_at(raw.bytes, raw.bytes_size) if raw.bytes else None,
        error_of(raw.status, text(raw.message)) if raw.status else None, text(raw.effect), c.ORIGINS[raw.origin],
        raw.level, (raw.network_width, raw.network_height), raw.scale)


class Job(concurrent.futures.Future):  # type: ignore[type-arg]
    """result() is the list of all JobResults, or raises the first failure; results has them even so. Can be awaited.
    Functions given to add_done_callback() run on a thread of the context, and must not wait for it."""

    def __init__(self, on_result: Optional[Callable[[JobResult], Any]]) -> None:
        super().__init__()
        self._on_result = on_result
        self._cell: Dict[str, Handle] = {}
        self._cancelling = False

    def _adopt(self, pointer: Optional[int]) -> Handle:
        """The one handle, whoever comes first: submit that returned, or the callback that says that it is done."""
        mine = Handle(pointer, function("job_free"))
        handle = self._cell.setdefault("handle", mine)
        if handle is not mine:
            mine._cell.clear()
        return handle

    @property
    def results(self) -> List[JobResult]:
        """Those that are there by now, failed ones too."""
        handle, found = self._cell["handle"], []
        for index in range(self.status().result_count):
            raw = sized(inspyr_job_result)
            failure = attempt("job_result_get", handle.pointer, index, ctypes.byref(raw))
            if failure is None:
                found.append(_result_of(raw, handle))
            elif not isinstance(failure, InspyrNotReadyError):
                raise failure
        return found

    def status(self) -> JobStatus:
        """Never waits."""
        handle, raw = self._cell["handle"], sized(inspyr_job_status)
        call("job_poll", handle.pointer, ctypes.byref(raw))
        return JobStatus(c.JOB_STATES[raw.state], raw.progress, raw.results_ready, raw.result_count, raw.queued_s,
                         raw.run_s)

    def running(self) -> bool:
        return not self.done() and self.status().state == "running"

    def cancel(self) -> bool:
        """The job ends soon; what other jobs wait for goes on. False if it is done already."""
        if self.done():
            return self.cancelled()
        self._cancelling = True
        handle = self._cell["handle"]
        function("job_cancel")(handle.pointer)
        return True

    def __await__(self) -> Generator[Any, None, List[JobResult]]:
        return asyncio.wrap_future(self).__await__()

    def _told(self, raw: Any) -> None:
        if self._on_result is not None:
            self._on_result(_result_of(raw, None))

    def _ended(self, pointer: int, status: int) -> None:
        handle = self._adopt(pointer)
        failure = attempt("job_wait", handle.pointer, 0)
        if self._cancelling and status == -4:
            super().cancel()
            self.set_running_or_notify_cancel()
        elif failure is not None:
            self.set_exception(failure)
        else:
            self.set_result(self.results)


# Jobs that have not ended, by the number that the library hands back. Nobody else need hold them.
_jobs: Dict[int, Job] = {}
_numbers = itertools.count(1)


def _told(number: int, result: Any) -> None:
    try:
        _jobs[number]._told(result.contents)
    except Exception:
        logger.exception("a callback for results failed")


def _ended(number: int, pointer: int, status: int) -> None:
    job = _jobs.pop(number)
    try:
        job._ended(pointer, status)
    except BaseException as raised:
        if not job.done():
            job.set_exception(raised)


RESULT_HOOK = RESULT(on_library_thread(_told))
DONE_HOOK = DONE(on_library_thread(_ended))


def register(job: Job) -> int:
    number = next(_numbers)
    _jobs[number] = job
    return number


def forget(number: int) -> None:
    _jobs.pop(number, None)
