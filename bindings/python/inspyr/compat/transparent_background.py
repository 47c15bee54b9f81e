"""The Remover of the package transparent-background 1.3.4.

    from inspyr.compat.transparent_background import Remover

Results are that package's own, flaws included, within the bounds of docs/migration.md; with compat=False on an object
they are the library's. What differs:

- Nothing is downloaded. Checkpoints are taken from 'inspyr pull', or where that package has put them. mode may also be
  "builtin" or a weight file.
- A background's file is decoded upright. type may also be a picture.
- jit is not needed and changes nothing but what the package says of it: sizes are static with it.
- device None is the CPU; one that is named and not there is an error.
- Nothing is printed; model, transform and the like are not there."""
from __future__ import annotations

import os
import warnings
from typing import Any, Optional

from .._pixels import is_numpy
from .._weights import Weights, find_weights
from ..errors import InspyrFileError, InspyrUnsupportedError
from ..model import Model

_CHECKPOINTS = {"base": "ckpt_base.pth", "fast": "ckpt_fast.pth", "base-nightly": "ckpt_base_nightly.pth"}


def _weights(mode: str) -> str:
    """Where the checkpoint of a mode lies: with the command's, or with that package's."""
    try:
        found: Weights = find_weights(mode)
        return found.path or "builtin"
    except InspyrFileError:
        home = os.environ.get("TRANSPARENT_BACKGROUND_FILE_PATH", os.path.expanduser("~"))
        theirs = os.path.join(os.path.abspath(home), ".transparent-background", _CHECKPOINTS[mode])
        if os.path.exists(theirs):
            return theirs
        raise


class Remover:
    """Loads a network; process() may be called by any number of threads."""

    compat = True

    def __init__(self, mode: str = "base", jit: bool = False, device: Optional[str] = None, ckpt: Optional[str] = None,
                 resize: str = "static") -> None:
        if resize not in ("static", "dynamic"):
            raise AttributeError(f"Unsupported resizing method {resize}")
        if jit and resize != "static":
            warnings.warn("sizes are static with jit, as in transparent-background", stacklevel=2)
            resize = "static"
        base_size = {"base": 1024, "base-nightly": 1024, "fast": 384}.get(mode, 0)
        self.device = device or "cpu"
        self.resize = resize
        self.network = Model(os.path.expanduser(ckpt) if ckpt else _weights(mode), device=device,
                             base_size=base_size or None)

    def process(self, img: Any, type: Any = "rgba", threshold: Any = None, reverse: bool = False) -> Any:
        """An RGB image of PIL or an array: the same kind. type: "rgba", "map", "green", "white", "blur", "overlay",
        "[255, 0, 0]" or a list, or the path of a picture."""
        array = is_numpy(img)
        if array and self.compat and self.resize == "dynamic":
            raise InspyrUnsupportedError("arrays with dynamic sizes fail in transparent-background, too; give an image")
        result = self.network.cutout(
            img, type, threshold=None if threshold is None else float(threshold), reverse=reverse, resize=self.resize,
            compat=self.compat, compat_array=array and self.compat)
        if isinstance(type, str) and type == "map":
            return result[..., None].repeat(3, axis=2) if array else result.convert("RGB")
        return result
