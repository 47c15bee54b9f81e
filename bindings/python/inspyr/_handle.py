"""Objects of the library, freed when nobody uses them any more."""
from __future__ import annotations

import atexit
import os
import threading
import weakref
from typing import Any, Callable, Dict, List, Optional, Set, Tuple, TypeVar

from .errors import InspyrArgumentError, InspyrForkedError

Self = TypeVar("Self", bound="Opened")

# Threads that are in a callback of the library. Freeing an object there could mean to wait for that very thread.
_called: Set[int] = set()


def on_library_thread(callback: Callable[..., Any]) -> Callable[..., Any]:
    """For callbacks that run on the library's own threads."""

    def wrapped(*arguments: Any) -> Any:
        me = threading.get_ident()
        outer = me in _called
        _called.add(me)
        try:
            return callback(*arguments)
        finally:
            if not outer:
                _called.discard(me)

    return wrapped


class Handle:
    """An address and the function that frees it. Whoever is in a call holds a reference, so an object that is closed
    meanwhile is freed by the last call that ends, without a lock. held: handles that have to be freed later than this
    one, which the garbage collector, who finalises cycles in any order, would not know. keep: callbacks and memory."""

    def __init__(self, pointer: Optional[int], free: Callable[[int], None], held: Tuple["Handle", ...] = (),
                 keep: Any = None) -> None:
        self._cell: List[int] = [pointer] if pointer else []
        self._free = free
        self._held = held
        self.keep = keep
        self._pid = os.getpid()
        self._dependents: Set[int] = set()
        self._dropped = False
        for each in held:
            each._dependents.add(id(self))

    @property
    def pointer(self) -> int:
        """The address, in the process that opened it; anywhere else InspyrForkedError."""
        if self._pid != os.getpid():
            raise InspyrForkedError(f"opened by process {self._pid}, used in its child {os.getpid()}")
        return self._cell[0]

    def _end(self) -> None:
        if self._dependents:
            return
        try:
            pointer = self._cell.pop()
        except IndexError:
            return
        if self._pid != os.getpid():  # in a child there is nothing to end: the threads are not there
            return
        if threading.get_ident() in _called:
            threading.Thread(target=self._finish, args=(pointer,)).start()
        else:
            self._finish(pointer)

    def _finish(self, pointer: int) -> None:
        self._free(pointer)
        for each in self._held:
            each._dependents.discard(id(self))
            if each._dropped:
                each._end()

    def __del__(self) -> None:
        self._dropped = True
        self._end()


class Opened:
    """What has a handle. It is opened when it is made or, after a pickle, where it is first used: it pickles as the
    arguments that it was made with."""

    _calls_back = False  # on threads of the library, which must not find an interpreter that is gone

    def _begin(self, arguments: Dict[str, Any]) -> None:
        self.__setstate__(arguments)
        self._handle

    def _open(self) -> Handle:
        raise NotImplementedError

    @property
    def _handle(self) -> Handle:
        """Who is in a call keeps it, so that it outlives a close()."""
        if self._closed:
            raise InspyrArgumentError(f"the {type(self).__name__.lower()} is closed")
        return self._cell.get("handle") or self._cell.setdefault("handle", self._open())

    def close(self) -> None:
        """Gives everything back at once, or when the last call that is running and the last object that uses it end."""
        self._closed = True
        self._cell.clear()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __getstate__(self) -> Dict[str, Any]:
        return self._arguments

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self._arguments = state
        self._closed = False
        self._cell: Dict[str, Handle] = {}
        if self._calls_back:
            _callers.add(self)


_callers: "weakref.WeakSet[Opened]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """While callbacks can still run."""
    for each in list(_callers):
        each.close()
