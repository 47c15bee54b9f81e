"""Files of strangers, decoded where they can do no harm."""
from __future__ import annotations

import ctypes
import os
from typing import Optional

from . import _constants as c
from ._handle import Handle, Opened
from ._library import call, function, sized
from ._structs import inspyr_sandbox_options


class Sandbox(Opened):
    """Processes that decode files and can do nothing else, for any number of threads; pictures that are decoded already
    are not its affair. one_picture: a new process for every file. helper: path of inspyr-decode; None: looked for.
    max_memory: of a process, 0 for 2 GiB; deadline_ms: of a file, 0 for ten seconds. Starts one process, which shows
    whether the system can: else InspyrUnsupportedError. Pickles as these arguments."""

    def __init__(self, *, one_picture: bool = False, helper: "None | str | os.PathLike[str]" = None,
                 max_memory: int = 0, deadline_ms: int = 0) -> None:
        self._begin({"one_picture": one_picture, "helper": helper, "max_memory": max_memory,
                     "deadline_ms": deadline_ms})

    def _open(self) -> Handle:
        of, out = self._arguments, ctypes.c_void_p()
        options = sized(inspyr_sandbox_options, flags=c.SANDBOX_ONE_PICTURE * of["one_picture"],
                        helper=os.fsencode(of["helper"]) if of["helper"] is not None else None,
                        max_memory=of["max_memory"], deadline_ms=of["deadline_ms"])
        call("sandbox_open", ctypes.byref(out), ctypes.byref(options))
        return Handle(out.value, function("sandbox_free"))


def sandbox_handle(sandbox: Optional[Sandbox]) -> Optional[Handle]:
    """To be kept while its pointer is in use."""
    return sandbox._handle if sandbox is not None else None
