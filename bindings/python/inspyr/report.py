"""How a call went."""
from __future__ import annotations

from typing import Any, NamedTuple, Tuple


class Report(NamedTuple):
    """Boxes are (x, y, width, height) in the source picture, times milliseconds; see inspyr_report in inspyr.h."""

    no_subject: bool
    coverage: float
    subject: Tuple[int, int, int, int]
    result_at: Tuple[int, int]
    logits: Tuple[float, float]
    network_size: Tuple[int, int]
    prepare_ms: float
    network_ms: float
    matte_ms: float
    foreground_ms: float
    compose_ms: float
    total_ms: float
    result_bytes: int
    workspace_bytes: int


def report_of(raw: Any) -> Report:
    return Report(
        bool(raw.no_subject), raw.coverage,
        (raw.subject_x, raw.subject_y, raw.subject_width, raw.subject_height), (raw.result_x, raw.result_y),
        (raw.logit_min, raw.logit_max), (raw.network_width, raw.network_height), raw.prepare_ms, raw.network_ms,
        raw.matte_ms, raw.foreground_ms, raw.compose_ms, raw.total_ms, raw.result_bytes, raw.workspace_bytes)
