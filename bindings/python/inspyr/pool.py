"""Threads that models and calls may share."""
from __future__ import annotations

import ctypes
from typing import Optional

from ._handle import Handle, Opened
from ._library import call, function, sized
from ._structs import inspyr_pool_options


class Pool(Opened):
    """threads: 1..256, the calling one among them; 0: one for each processor this process may use. Results do not
    depend on it. Pickles as its number and is opened again when it is first used."""

    def __init__(self, threads: int = 0) -> None:
        self._begin({"threads": threads})

    def _open(self) -> Handle:
        out = ctypes.c_void_p()
        call("pool_open", ctypes.byref(out), self.threads, ctypes.byref(sized(inspyr_pool_options)))
        return Handle(out.value, function("pool_free"))

    @property
    def threads(self) -> int:
        """As it was asked for."""
        return int(self._arguments["threads"])

    @property
    def width(self) -> int:
        """The number of threads that work on one call."""
        handle = self._handle
        return int(function("pool_width")(handle.pointer))


def pool_for(threads: Optional[int], pool: Optional[Pool]) -> Optional[Pool]:
    """The pool given, or one of so many threads; None: the calling thread alone."""
    return pool if pool is not None or threads == 1 else Pool(threads or 0)
