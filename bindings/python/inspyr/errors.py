"""What can go wrong: an exception class for every status of the library. A test compares them with the header.

All are InspyrError, carry the number and the library's one-line message, pickle, and are the built-in exception, too,
that a Python programmer would expect."""
from __future__ import annotations

from typing import Dict, Optional, Tuple, Type


class InspyrError(Exception):
    """The library refused or failed. status: its number; name: "ERR_IMAGE"; message: one line."""

    status: int = 0
    name: str = "UNKNOWN"

    def __init__(self, message: str = "", status: Optional[int] = None) -> None:
        super().__init__(message)
        self.message = message
        if status is not None:
            self.status = status

    def __str__(self) -> str:
        return self.message or self.name

    def __reduce__(self) -> Tuple[Type["InspyrError"], Tuple[str, int]]:
        return type(self), (self.message, self.status)


class InspyrArgumentError(InspyrError, ValueError):
    """An argument is out of range."""

    status, name = -1, "ERR_ARGUMENT"


class InspyrMemoryError(InspyrError, MemoryError):
    """Out of memory, or over a limit on the network's."""

    status, name = -2, "ERR_MEMORY"


class InspyrUnsupportedError(InspyrError):
    """Not in this build or this version."""

    status, name = -3, "ERR_UNSUPPORTED"


class InspyrCancelledError(InspyrError):
    """Ended by the progress callback, or by a job's cancel()."""

    status, name = -4, "ERR_CANCELLED"


class InspyrForkedError(InspyrError):
    """The handle was opened in another process, before a fork."""

    status, name = -5, "ERR_FORKED"


class InspyrThreadError(InspyrError):
    """A thread could not be started."""

    status, name = -6, "ERR_THREAD"


class InspyrInternalError(InspyrError):
    """A promise of the library to itself was broken."""

    status, name = -9, "ERR_INTERNAL"


class InspyrImageError(InspyrError, ValueError):
    """The image is damaged."""

    status, name = -20, "ERR_IMAGE"


class InspyrImageFormatError(InspyrImageError):
    """The image format is unknown, or not in this build."""

    status, name = -21, "ERR_IMAGE_FORMAT"


class InspyrLimitError(InspyrError, ValueError):
    """The image is larger than the limits allow."""

    status, name = -22, "ERR_LIMIT"


class InspyrEncodeError(InspyrError, ValueError):
    """The image does not fit the file format."""

    status, name = -23, "ERR_ENCODE"


class InspyrFileError(InspyrError, OSError):
    """A file cannot be read."""

    status, name = -40, "ERR_FILE"


class InspyrWeightsError(InspyrError, ValueError):
    """The weights are damaged or do not fit the network."""

    status, name = -41, "ERR_WEIGHTS"


class InspyrDeviceError(InspyrError):
    """The device is unknown or unusable."""

    status, name = -60, "ERR_DEVICE"


class InspyrDeviceMemoryError(InspyrError, MemoryError):
    """The device is out of memory."""

    status, name = -61, "ERR_DEVICE_MEMORY"


class InspyrTimeoutError(InspyrError, TimeoutError):
    """The time to wait is over; what was waited for goes on."""

    status, name = -80, "ERR_TIMEOUT"


class InspyrDeadlineError(InspyrError, TimeoutError):
    """The deadline of a job has passed."""

    status, name = -81, "ERR_DEADLINE"


class InspyrOverloadError(InspyrError):
    """Too much is waiting already; later it may work."""

    status, name = -82, "ERR_OVERLOAD"


class InspyrNotReadyError(InspyrError):
    """Not there, or not yet."""

    status, name = -83, "ERR_NOT_READY"


def _with_subclasses(base: Type[InspyrError]) -> Dict[int, Type[InspyrError]]:
    found = {base.status: base}
    for each in base.__subclasses__():
        found.update(_with_subclasses(each))
    return found


BY_STATUS = _with_subclasses(InspyrError)


def error_of(status: int, message: str) -> InspyrError:
    """The exception for a status; one of a later library is an InspyrError with its number."""
    return BY_STATUS.get(status, InspyrError)(message, status)
