"""Progress of calls: a callback of yours, or a bar of tqdm where that is installed."""
from __future__ import annotations

import contextlib
import ctypes
import importlib
import threading
from typing import Any, Callable, Iterator, NamedTuple, Union

from . import _constants as c
from ._library import Guard
from ._structs import inspyr_progress


class Progress(NamedTuple):
    """stage: "load", "prepare", "network", "matte", "compose", "effects"; fraction: 0..1 of the whole call."""

    state: str
    stage: str
    fraction: float


# Called on the thread that made the call; False ends it with InspyrCancelledError, and what is raised comes out of it.
ProgressCallback = Callable[[Progress], Any]
ProgressWish = Union[None, bool, ProgressCallback]

PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(inspyr_progress))


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


@contextlib.contextmanager
def hook(wish: ProgressWish, guard: Guard) -> Iterator[Any]:
    """The C callback for a wish, or None. On the main thread there is always one: Ctrl-C is heard between stages."""
    with _bar(wish) as callback:
        if callback is None and threading.current_thread() is not threading.main_thread():
            yield None
            return

        def told(_user: Any, now: Any) -> int:
            try:
                it = now.contents
                if callable(callback):
                    answer = callback(Progress(_word(c.STATES, it.state), _word(c.STAGES, it.stage), it.fraction))
                    return int(answer is False)
                return 0
            except BaseException as raised:
                guard.raised = raised
                return 1

        yield PROGRESS(told)
