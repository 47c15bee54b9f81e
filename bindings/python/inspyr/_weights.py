"""Where weight files lie: the names, folders and variables of the command."""
from __future__ import annotations

import os
from typing import NamedTuple, Optional, Union

from .errors import InspyrFileError


class Weights(NamedTuple):
    """path: None for the built-in model; base_size: 0 where the file says it."""

    path: Optional[str]
    base_size: int


_PUBLISHED = {"base": ("ckpt_base.pth", 1024), "fast": ("ckpt_fast.pth", 384),
              "base-nightly": ("ckpt_base_nightly.pth", 1024)}


def models_folder() -> str:
    """INSPYR_MODEL_DIR, else models in INSPYR_CACHE_DIR, else in the user's cache."""
    if os.environ.get("INSPYR_MODEL_DIR"):
        return os.environ["INSPYR_MODEL_DIR"]
    cache = os.environ.get("INSPYR_CACHE_DIR")
    if not cache:
        xdg = os.environ.get("XDG_CACHE_HOME", "")
        cache = os.path.join(xdg if xdg.startswith("/") else os.path.expanduser("~/.cache"), "inspyr")
    return os.path.join(cache, "models")


def find_weights(source: Union[None, str, "os.PathLike[str]"]) -> Weights:
    """"builtin" or None, "base", "fast", "base-nightly", a path, or the name of a file in the folder for models."""
    if source is None or source == "builtin":
        return Weights(None, 0)
    name = os.fspath(source)
    file, base_size = _PUBLISHED.get(name, (name, 0))
    within = os.path.join(models_folder(), file)
    if name in _PUBLISHED:
        if not os.path.exists(within):
            raise InspyrFileError(f"{name} is not in {models_folder()}; 'inspyr pull {name}' downloads it")
        return Weights(within, base_size)
    if not os.path.exists(name) and os.path.exists(within):
        return Weights(within, 0)
    return Weights(name, 0)
