"""Cuts the subject out of a picture.

    import inspyr
    inspyr.cutout("cat.jpg").save("cat.png")

Everything here is a thin layer over the C library; docs/python.md in its repository is the manual."""
from __future__ import annotations

from ._library import features, version
from .cache import Cache, Store
from .context import Context, ContextStatus, Level
from .devices import Device, devices
from .effects import Effect, Parameter, apply_effects, effect_sets, effects, parse_effects
from .errors import (InspyrArgumentError, InspyrCancelledError, InspyrDeadlineError, InspyrDeviceError,
                     InspyrDeviceMemoryError, InspyrEncodeError, InspyrError, InspyrFileError, InspyrForkedError,
                     InspyrImageError, InspyrImageFormatError, InspyrInternalError, InspyrLimitError,
                     InspyrMemoryError, InspyrNotReadyError, InspyrOverloadError, InspyrThreadError,
                     InspyrTimeoutError, InspyrUnsupportedError, InspyrWeightsError)
from .files import Decoded, Probe, probe
from .image import Image
from .job import Job, JobResult, JobStatus
from .metrics import Trace
from .model import Model, ModelInfo
from .pool import Pool
from .progress import Progress
from .report import Report
from .sandbox import Sandbox
from .simple import cutout, default_model, matte

__version__ = version()

__all__ = [
    "Cache", "Context", "ContextStatus", "Decoded", "Device", "Effect", "Image", "InspyrArgumentError",
    "InspyrCancelledError", "InspyrDeadlineError", "InspyrDeviceError", "InspyrDeviceMemoryError",
    "InspyrEncodeError", "InspyrError", "InspyrFileError", "InspyrForkedError", "InspyrImageError",
    "InspyrImageFormatError", "InspyrInternalError", "InspyrLimitError", "InspyrMemoryError", "InspyrNotReadyError",
    "InspyrOverloadError", "InspyrThreadError", "InspyrTimeoutError", "InspyrUnsupportedError",
    "InspyrWeightsError", "Job", "JobResult", "JobStatus", "Level", "Model", "ModelInfo", "Parameter", "Pool",
    "Probe", "Progress", "Report", "Sandbox", "Store", "Trace", "apply_effects", "cutout", "default_model",
    "devices", "effect_sets", "effects", "features", "matte", "parse_effects", "probe", "version",
]
