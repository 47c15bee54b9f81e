"""Finding and loading the shared library, and calling it.

It is looked for where INSPYR_LIBRARY says, then in the wheel, then where the system keeps libraries. Every call lets go
of the interpreter's lock; the library never needs it but to run a callback of yours."""
from __future__ import annotations

import ctypes
import os
from ctypes import byref
from pathlib import Path
from typing import Any, Dict, Optional

from . import _structs
from .errors import InspyrError, InspyrUnsupportedError, error_of

VERSION = (0, 2)
SONAME = f"libinspyr.so.{VERSION[0]}.{VERSION[1]}"
FOLDER = Path(__file__).resolve().parent / "_lib"

_KINDS = {
    "p": ctypes.c_void_p, "s": ctypes.c_char_p, "i": ctypes.c_int32, "l": ctypes.c_int64, "u": ctypes.c_uint64,
    "z": ctypes.c_size_t, "d": ctypes.c_double, "f": ctypes.c_float,
}
# What functions take; those that return a status have an inspyr_error last, which call() adds.
_STATUS = {
    "pool_open": "pip", "image_decode": "ppzp", "image_merge": "ppzp", "image_encode": "ppp", "image_probe": "ppz",
    "sandbox_open": "pp", "device_list": "pz", "model_load": "psp", "model_warmup": "pp", "model_info": "pp",
    "matte": "pppzp", "remove_background": "pppp", "apply_effects": "pppppzp",
    "effect_list": "pz", "parameter_list": "pzz", "effect_set_list": "pz", "effect_parse": "ppsz",
    "effect_print": "pp",
    "context_open": "pp", "context_status_get": "pp", "context_warmup": "ppzl", "context_info": "pp",
    "context_drain": "pl", "context_submit": "pppzp", "context_submit_view": "pppp", "context_estimate": "ppiip",
    "job_wait": "pl", "job_poll": "pp", "job_result_get": "pzp",
    "cache_open": "pp", "cache_resize": "piu", "cache_relieve": "pd", "cache_purge": "p", "cache_forget": "ppz",
    "cache_forget_view": "pp", "cache_flush": "pl", "cache_statistics": "pip", "cache_popular": "pppzp",
    "cache_warm": "ppzp", "cache_directory_open": "psp", "cache_redis_open": "psp",
    "context_metrics": "pp", "context_metrics_text": "pp", "trace_create": "pp", "trace_json": "pp",
}
_OTHER = {
    "version": ("", "s"), "features": ("", "s"), "status_text": ("i", "s"), "status_name": ("i", "s"),
    "bytes_free": ("p", ""), "pool_width": ("p", "i"), "pool_free": ("p", ""), "image_view": ("pp", ""),
    "image_profile": ("pp", ""), "image_free": ("p", ""), "model_state": ("p", "i"), "model_free": ("p", ""),
    "sandbox_free": ("p", ""),
    "context_state": ("p", "i"), "context_trim": ("pf", ""), "context_free": ("p", ""), "job_cancel": ("p", ""),
    "job_free": ("p", ""), "cache_free": ("p", ""), "trace_span": ("pp", ""), "trace_free": ("p", ""),
}


def _load() -> ctypes.CDLL:
    named = os.environ.get("INSPYR_LIBRARY")
    within = FOLDER / SONAME
    path = named or (str(within) if within.exists() else SONAME)
    try:
        library = ctypes.CDLL(path)
    except OSError as why:
        raise ImportError(f"libinspyr is not found: {why}. INSPYR_LIBRARY can name the file; without it {within} "
                          f"and the system's {SONAME} are tried") from None
    library.inspyr_version.restype = ctypes.c_char_p
    version = library.inspyr_version().decode()
    if tuple(map(int, version.split(".")[:2])) != VERSION:
        raise ImportError(f"{path} is version {version}, and this package is for {VERSION[0]}.{VERSION[1]}")
    return library


_CALLBACK: Any = ctypes.CFUNCTYPE(None).__mro__[1]  # ctypes has no public name for it


class Guard:
    """Carries what a callback raised to the call that it ended."""

    raised: Optional[BaseException] = None


library = _load()
_functions: Dict[str, Any] = {}


def function(name: str) -> Any:
    """A function of the library that knows what it takes. InspyrUnsupportedError where an older one lacks it."""
    found = _functions.get(name)
    if found is None:
        try:
            found = getattr(library, f"inspyr_{name}")
        except AttributeError:
            raise InspyrUnsupportedError(f"inspyr_{name}() is not in the library, {version()}") from None
        if name in _STATUS:
            found.argtypes = [_KINDS[kind] for kind in _STATUS[name] + "p"]
            found.restype = ctypes.c_int32
        else:
            takes, gives = _OTHER[name]
            found.argtypes = [_KINDS[kind] for kind in takes]
            found.restype = _KINDS[gives] if gives else None
        _functions[name] = found
    return found


def attempt(name: str, *arguments: Any, guard: Optional[Guard] = None) -> Optional[InspyrError]:
    """Calls a function that returns a status: None, or the exception for it. Raises what a callback raised."""
    error = _structs.inspyr_error()
    status = function(name)(*arguments, byref(error))
    if guard is not None and guard.raised is not None:
        raise guard.raised
    return error_of(status, error.message.decode("utf-8", "replace")) if status else None


def call(name: str, *arguments: Any, guard: Optional[Guard] = None) -> None:
    failure = attempt(name, *arguments, guard=guard)
    if failure is not None:
        raise failure


def sized(kind: Any, **values: Any) -> Any:
    """A struct that begins with struct_size, with these fields set and all others zero."""
    return kind(struct_size=ctypes.sizeof(kind), **values)


def address(thing: Any) -> Optional[int]:
    """Of a ctypes object or of bytes, which the caller keeps alive."""
    if thing is None:
        return None
    if isinstance(thing, bytes):
        return ctypes.cast(ctypes.c_char_p(thing), ctypes.c_void_p).value
    if isinstance(thing, _CALLBACK):
        return ctypes.cast(thing, ctypes.c_void_p).value
    return ctypes.addressof(thing)


def text(value: Optional[bytes]) -> str:
    return (value or b"").decode("utf-8", "replace")


def version() -> str:
    """The version of the library that is running: "0.2.0"."""
    return text(function("version")())


def features() -> "list[str]":
    """What was compiled in: ["plain", "builtin", "jpeg", ...]."""
    return text(function("features")()).split()
