"""What a model can be loaded for."""
from __future__ import annotations

from typing import List, NamedTuple

from ._library import text
from ._structs import inspyr_device
from .effects import _rows


class Device(NamedTuple):
    """reason: why it cannot be used; "" if it can. Bytes are of a GPU's memory, 0 for the CPU."""

    engine: str
    device: str
    name: str
    instructions: str
    precisions: List[str]
    reason: str
    free_bytes: int
    total_bytes: int

    @property
    def usable(self) -> bool:
        return not self.reason


def devices() -> List[Device]:
    """Every engine on every device, those that cannot be used with their reason. Loads all plug-ins that there are."""
    return [Device(text(row.engine), text(row.device), text(row.name), text(row.instructions),
                   text(row.precisions).split(), text(row.reason), row.free_bytes, row.total_bytes)
            for row in _rows("device_list", inspyr_device)]
