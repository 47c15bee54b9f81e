"""Caches of mattes and results, with a second level that may be written in Python."""
from __future__ import annotations

import ctypes
import itertools
import os
from typing import Any, Dict, Iterable, List, Optional, Tuple

from . import _constants as c
from ._handle import Handle, Opened, on_library_thread
from ._library import address, call, function, sized, text
from ._log import log_hook, logger
from ._options import word
from ._pixels import file_bytes, is_file, pixels
from ._service_structs import (inspyr_cache_directory_options, inspyr_cache_hooks, inspyr_cache_options,
                               inspyr_cache_redis_options, inspyr_cache_stats)
from ._structs import inspyr_bytes
from .errors import InspyrArgumentError
from .files import MAX_BYTES

_GET = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(inspyr_bytes), ctypes.c_int64)
_PUT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t,
                        ctypes.c_int64)
_REMOVE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p)
_CLOSE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_KEPT = 128  # names that a cache counts
_POOLS = {"mattes": c.CACHE_MATTES, "results": c.CACHE_RESULTS}

# Bytes that the library reads just now. It gives them back on any thread, also after the cache is gone.
_lent: Dict[int, bytes] = {}
_numbers = itertools.count(1)


def _given_back(number: int) -> None:
    _lent.pop(number, None)


_release = _RELEASE(on_library_thread(_given_back))


class Store:
    """A second level of your own: override what it can do. Called on two threads of the cache, one that gets and one
    that puts and removes. An exception counts as trouble: the cache does without, and after some leaves it alone.
    What is stored is sealed, so a store may lose, mix up or damage it, and nothing wrong comes of that."""

    def get(self, name: str, budget_ns: int) -> Optional[bytes]:
        """None: not there. After budget_ns the answer is of no use any more."""
        return None

    def put(self, name: str, data: bytes, ttl_ms: int) -> None:
        """After ttl_ms the bytes are of no use any more."""

    def remove(self, prefix: str) -> None:
        """Everything whose name begins so."""

    def close(self) -> None:
        """Called once, after all others have returned."""


def _troubled(what: str) -> int:
    logger.warning("the store's %s() failed", what, exc_info=True)
    return -1


def _hooks(store: Any) -> Any:
    """The struct for a store, and its callbacks."""

    def get(_user: Any, name: bytes, out: Any, budget_ns: int) -> int:
        try:
            data = store.get(name.decode(), budget_ns)
            if data is None:
                return 0
            data, number = bytes(data), next(_numbers)
        except Exception:
            return _troubled("get")
        _lent[number] = data
        out[0] = inspyr_bytes(address(data), len(data), ctypes.cast(_release, ctypes.c_void_p), number)
        return 1

    def put(_user: Any, name: bytes, data: int, size: int, ttl_ms: int) -> int:
        try:
            store.put(name.decode(), ctypes.string_at(data, size), ttl_ms)
        except Exception:
            return _troubled("put")
        return 0

    def remove(_user: Any, prefix: bytes) -> int:
        try:
            store.remove(prefix.decode())
        except Exception:
            return _troubled("remove")
        return 0

    def close(_user: Any) -> None:
        try:
            store.close()
        except Exception:
            _troubled("close")

    keep = (_GET(on_library_thread(get)), _PUT(on_library_thread(put)), _REMOVE(on_library_thread(remove)),
            _CLOSE(close))
    return sized(inspyr_cache_hooks, **dict(zip(("get", "put", "remove", "close"), map(address, keep)))), keep


class Cache(Opened):
    """For contexts, any number of them. directory: a folder; redis: "redis://host:port/db"; or a Store, as a second
    level. ttl_ms: 0 for 24 hours. secret: 16 to 4096 bytes, on which names and seals then depend. Bytes that are 0 are
    64 MiB for mattes and 256 MiB for results. max_store_bytes is the folder's; prefix, connect_timeout_ms and
    command_timeout_ms are Redis'; max_entry_bytes is either's. Pickles as these arguments. close() closes the store,
    too, when the last context that uses it is closed."""

    _calls_back = True

    def __init__(self, *, matte_bytes: int = 0, result_bytes: int = 0, ttl_ms: int = 0, secret: Optional[bytes] = None,
                 directory: "None | str | os.PathLike[str]" = None, redis: Optional[str] = None,
                 store: Optional[Store] = None, max_store_bytes: int = 0, max_entry_bytes: int = 0,
                 prefix: Optional[str] = None, connect_timeout_ms: int = 0, command_timeout_ms: int = 0,
                 queue_bytes: int = 0, get_timeout_ms: int = 0, breaker_failures: int = 0,
                 breaker_pause_ms: int = 0) -> None:
        if sum(level is not None for level in (directory, redis, store)) > 1:
            raise InspyrArgumentError("a cache has one second level: directory, redis or store")
        self._begin({
            "numbers": {"matte_bytes": matte_bytes, "result_bytes": result_bytes, "ttl_ms": ttl_ms,
                        "queue_bytes": queue_bytes, "get_timeout_ms": get_timeout_ms,
                        "breaker_failures": breaker_failures, "breaker_pause_ms": breaker_pause_ms},
            "secret": secret, "directory": directory, "redis": redis, "store": store,
            "max_store_bytes": max_store_bytes, "max_entry_bytes": max_entry_bytes, "prefix": prefix,
            "connect_timeout_ms": connect_timeout_ms, "command_timeout_ms": command_timeout_ms})

    def _second_level(self) -> Any:
        of = self._arguments
        if of["store"] is not None:
            return _hooks(of["store"])
        hooks = sized(inspyr_cache_hooks)
        if of["directory"] is not None:
            options = sized(inspyr_cache_directory_options, max_bytes=of["max_store_bytes"],
                            max_entry_bytes=of["max_entry_bytes"])
            call("cache_directory_open", ctypes.byref(hooks), os.fsencode(of["directory"]), ctypes.byref(options))
            return hooks, None
        if of["redis"] is not None:
            options = sized(inspyr_cache_redis_options, prefix=of["prefix"].encode() if of["prefix"] else None,
                            connect_timeout_ms=of["connect_timeout_ms"], command_timeout_ms=of["command_timeout_ms"],
                            max_entry_bytes=of["max_entry_bytes"])
            call("cache_redis_open", ctypes.byref(hooks), of["redis"].encode(), ctypes.byref(options))
            return hooks, None
        return None, None

    def _open(self) -> Handle:
        hooks, keep = self._second_level()
        secret = self._arguments["secret"]
        held = inspyr_bytes(address(secret), len(secret)) if secret is not None else None
        log = log_hook(logger)
        options = sized(inspyr_cache_options, hooks=address(hooks), secret=address(held), log=address(log),
                        **self._arguments["numbers"])
        out = ctypes.c_void_p()
        try:
            call("cache_open", ctypes.byref(out), ctypes.byref(options))
        except BaseException:
            if hooks is not None and hooks.close:
                _CLOSE(hooks.close)(hooks.user)
            raise
        return Handle(out.value, function("cache_free"), (), (keep, log))

    def statistics(self, pool: str) -> Dict[str, int]:
        """Of "mattes" or "results": inspyr_cache_stats in inspyr_cache.h has each field."""
        handle, raw = self._handle, sized(inspyr_cache_stats)
        call("cache_statistics", handle.pointer, word(pool, _POOLS, "pool"), ctypes.byref(raw))
        return {name: getattr(raw, name) for name, _ in raw._fields_ if name not in ("struct_size", "reserved")}

    def resize(self, pool: str, size: int) -> None:
        """Another budget in bytes, at once."""
        handle = self._handle
        call("cache_resize", handle.pointer, word(pool, _POOLS, "pool"), size)

    def relieve(self, share: float) -> None:
        """Frees this share of what is in memory."""
        handle = self._handle
        call("cache_relieve", handle.pointer, share)

    def purge(self) -> None:
        """Empties the first level."""
        handle = self._handle
        call("cache_purge", handle.pointer)

    def forget(self, source: Any, order: str = "rgb") -> None:
        """Removes everything that was made of a picture: of a file, or of pixels as they were submitted."""
        handle = self._handle
        if is_file(source):
            data = file_bytes(source, MAX_BYTES)
            call("cache_forget", handle.pointer, data, len(data))
        else:
            call("cache_forget_view", handle.pointer, ctypes.byref(pixels(source, order).view))

    def popular(self, most: int = 128) -> List[Tuple[str, int]]:
        """Names that were found most often, most often first, each with how often: 128 at most are kept."""
        handle, count, room = self._handle, ctypes.c_size_t(), min(most, _KEPT)
        names, hits = (ctypes.c_char * c.CACHE_NAME_MAX * room)(), (ctypes.c_uint64 * room)()
        call("cache_popular", handle.pointer, names, hits, room, ctypes.byref(count))
        return [(text(names[i].value), hits[i]) for i in range(min(room, count.value))]

    def warm(self, names: Iterable[str]) -> int:
        """Brings entries of the store into memory, by names that popular() gave, here or in an earlier process: how
        many there were."""
        handle, wanted, found = self._handle, [name.encode() for name in names], ctypes.c_size_t()
        texts = (ctypes.c_char_p * len(wanted))(*wanted)
        call("cache_warm", handle.pointer, texts, len(wanted), ctypes.byref(found))
        return found.value

    def flush(self, timeout: float = 10) -> None:
        """Waits until the store has been given what waits; seconds."""
        handle = self._handle
        call("cache_flush", handle.pointer, int(timeout * 1000))
