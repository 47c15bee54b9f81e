"""Progress of calls: a callback of yours, or a bar of tqdm where that is installed."""
from __future__ import annotations

import contextlib
import ctypes
import importlib
import threading
import types
from typing import Any, Callable, Generator, Iterator, NamedTuple, Union

from . import _constants as c
from ._library import Guard, address
from ._structs import inspyr_progress


class Progress(NamedTuple):
    """stage: "load", "prepare", "network", "matte", "compose", "effects"; fraction: 0..1 of the whole call."""

    state: str
    stage: str
    fraction: float


# Called on the thread that made the call; False ends it with InspyrCancelledError, and what is raised comes out of it.
ProgressCallback = Callable[[Progress], Any]
ProgressWish = Union[None, bool, ProgressCallback]

# The user pointer is a generator, and the callback what resumes it in the middle of its try: a Ctrl-C that came while
# the library was at work is raised there and caught. On a function's first line it would be lost.
_TOLD = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.POINTER(inspyr_progress))(types.GeneratorType.send)


def _word(words: Any, number: int) -> str:
    return str(words[number]) if number < len(words) else "unknown"


@contextlib.contextmanager
def _bar(wish: ProgressWish) -> Iterator[ProgressWish]:
    """A callback that moves a bar, for True; without tqdm there is none."""
    if wish is not True:
        yield wish or None
        return
    try:
        tqdm = importlib.import_module("tqdm.auto").tqdm
    except ImportError:
        yield None
        return
    with tqdm(total=100, bar_format="{desc:<8}{percentage:3.0f}%|{bar}| {elapsed}") as bar:
        def move(now: Progress) -> None:
            bar.set_description_str(now.stage, refresh=False)
            bar.update(100 * now.fraction - bar.n)

        yield move


def _listener(callback: ProgressWish, guard: Guard) -> Generator[int, Any, None]:
    """Is sent pointers to inspyr_progress, and yields what the callback returns: 0 to go on."""
    answer = 0
    while True:
        try:
            now = (yield answer).contents
            answer = 0
            if callable(callback):
                told = Progress(_word(c.STATES, now.state), _word(c.STAGES, now.stage), now.fraction)
                answer = int(callback(told) is False)
        except GeneratorExit:
            return
        except BaseException as raised:
            guard.raised = raised
            answer = 1


@contextlib.contextmanager
def hook(wish: ProgressWish, guard: Guard, options: Any) -> Iterator[None]:
    """Puts the callback for a wish into options. On the main thread there is always one: so Ctrl-C is heard."""
    with _bar(wish) as callback:
        if callback is None and threading.current_thread() is not threading.main_thread():
            yield
            return
        listener = _listener(callback, guard)
        next(listener)
        options.progress = address(_TOLD)
        options.progress_user = id(listener)
        yield
