"""Lines of the library, as records of the logger "inspyr"."""
from __future__ import annotations

import ctypes
import logging
from typing import Any, Optional

from ._handle import on_library_thread
from ._library import text

logger = logging.getLogger("inspyr")
logger.addHandler(logging.NullHandler())

LOG = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)
_LEVELS = {1: logging.ERROR, 2: logging.WARNING, 3: logging.INFO, 4: logging.DEBUG}


def log_hook(to: Optional[logging.Logger]) -> Any:
    """The C callback that hands lines to a logger; None: the library says nothing. A logger that fails is its own
    affair: whoever makes the line is in the middle of something."""
    if to is None:
        return None

    def said(_user: Any, level: int, line: Optional[bytes]) -> None:
        try:
            to.log(_LEVELS.get(level, logging.DEBUG), "%s", text(line))
        except Exception:
            pass

    return LOG(on_library_thread(said))
