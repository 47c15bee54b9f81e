"""What a context counts and times."""
from __future__ import annotations

import ctypes
from typing import Any, Dict, Optional

from . import _constants as c
from ._handle import Handle, Opened
from ._library import call, function, sized
from ._service_structs import inspyr_metrics, inspyr_trace_options
from ._structs import inspyr_bytes

# The type of metrics_text(), for HTTP.
METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def taken(name: str, *arguments: Any) -> bytes:
    """The bytes that a function hands out."""
    out = inspyr_bytes()
    call(name, ctypes.byref(out), *arguments)
    try:
        return ctypes.string_at(out.data, out.size)
    finally:
        function("bytes_free")(ctypes.byref(out))


def metrics_of(context: Handle) -> Dict[str, Any]:
    """inspyr_metrics in inspyr_metrics.h has each field; percentiles are tuples of p50, p90, p95 and p99."""
    raw = sized(inspyr_metrics)
    call("context_metrics", context.pointer, ctypes.byref(raw))
    found: Dict[str, Any] = {}
    for name, _ in raw._fields_:
        value = getattr(raw, name)
        found[name] = tuple(value) if isinstance(value, ctypes.Array) else value
    found["state"] = c.STATES[raw.state]
    del found["struct_size"], found["reserved"]
    return found


def metrics_text_of(context: Handle) -> str:
    return taken("context_metrics_text", context.pointer).decode()


class Trace(Opened):
    """Collects spans of contexts in a ring of so many bytes (0: 4 MiB), without ever needing the interpreter."""

    def __init__(self, size: int = 0) -> None:
        self._begin({"size": size})

    def _open(self) -> Handle:
        out: Any = ctypes.c_void_p()
        options = sized(inspyr_trace_options, bytes=self._arguments["size"])
        call("trace_create", ctypes.byref(out), ctypes.byref(options))
        return Handle(out.value, function("trace_free"))

    def json(self) -> str:
        """What chrome://tracing and ui.perfetto.dev open."""
        handle = self._handle
        return taken("trace_json", handle.pointer).decode()

    def save(self, path: str) -> None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.json())


def span_function(trace: Optional[Trace]) -> Optional[int]:
    """The address of inspyr_trace_span()."""
    return ctypes.cast(function("trace_span"), ctypes.c_void_p).value if trace is not None else None
