"""What a job is asked for."""
from __future__ import annotations

import ctypes
from typing import Any, Optional, Sequence, Union

from . import _constants as c
from ._library import address, sized
from ._options import CutoutOptions, word
from ._service_structs import inspyr_request
from ._structs import inspyr_decode_options, inspyr_effect_options, inspyr_encode_options
from .effects import parse_effects
from .sandbox import Sandbox, sandbox_handle


class Request:
    """An inspyr_request and what it points to; submit copies all of it."""

    def __init__(self, type: Any = "rgba", *, sizes: Sequence[int] = (),
                 effects: Union[None, str, Sequence[str]] = None, seed: int = 0, preview_side: int = 0,
                 encode: Optional[str] = None, quality: int = 0, compression: int = 0, priority: str = "interactive",
                 deadline_ms: int = 0, no_lookup: bool = False, no_store: bool = False, separate: bool = False,
                 full_quality: bool = False, client_class: Optional[str] = None, traceparent: Optional[str] = None,
                 shrink: bool = False, max_pixels: int = 0, sandbox: Optional[Sandbox] = None,
                 **cutout: Any) -> None:
        flags = c.REQUEST_NO_LOOKUP * no_lookup | c.REQUEST_NO_STORE * no_store | c.REQUEST_SEPARATE * separate
        flags |= c.REQUEST_FULL_QUALITY * full_quality
        self._cutout = CutoutOptions(type, with_report=False, sandbox=sandbox, **cutout)
        self._sandbox = sandbox_handle(sandbox)
        decode = c.DECODE_SHRINK * shrink | c.DECODE_AS_STORED * bool(cutout.get("compat"))
        self._decode = sized(inspyr_decode_options, flags=decode, max_pixels=max_pixels,
                             sandbox=self._sandbox.pointer if self._sandbox else None)
        self._effect = sized(inspyr_effect_options, seed=seed, preview_side=preview_side,
                             quality=c.QUALITY_PREVIEW if preview_side else c.QUALITY_FULL)
        self._encode = sized(inspyr_encode_options, file=word(encode, c.FILES, "encode"), quality=quality,
                             compression=compression) if encode else None
        self._sizes = (ctypes.c_int32 * len(sizes))(*sizes)
        self.struct = sized(
            inspyr_request, flags=flags, decode=address(self._decode), cutout=address(self._cutout.struct),
            sizes=address(self._sizes) if sizes else None, size_count=len(sizes),
            effects=",".join(parse_effects(effects)).encode() if effects else None, effect=address(self._effect),
            encode=address(self._encode), priority=word(priority, c.PRIORITIES, "priority"), deadline_ms=deadline_ms,
            client_class=client_class.encode() if client_class else None,
            traceparent=traceparent.encode() if traceparent else None)
