"""One call, with a model that is loaded once for each process."""
from __future__ import annotations

import os
from typing import Any, Dict, Optional, Sequence, Union

from ._options import Size
from .model import Model
from .progress import ProgressWish
from .sandbox import Sandbox

_models: Dict[Any, Model] = {}


def default_model(source: Any = None) -> Model:
    """The model that cutout() and matte() take: loaded at the first call in a process, on all processors, and kept."""
    key = os.getpid(), source
    return _models.get(key) or _models.setdefault(key, Model(source))


def _model(model: Any) -> Model:
    return model if isinstance(model, Model) else default_model(model)


def cutout(source: Any, type: Any = "rgba", *, model: Any = None, reverse: bool = False,
           threshold: Union[None, float] = None, crop: Union[bool, int] = False, blur: float = 0, linear: bool = False,
           keep_colours: bool = False, resize: str = "static", short_side: int = 0, network_size: Size = None,
           compat: bool = False, order: str = "rgb", effects: Union[None, str, Sequence[str]] = None, seed: int = 0,
           progress: ProgressWish = None, sandbox: Optional[Sandbox] = None) -> Any:
    """The subject of a picture.

    source: a path, the bytes of a file, an open file, an Image, a PIL image, or an array of uint8. PIL images and
    arrays come back as what they were; everything else as an Image, which has save(), encode(), pil() and numpy().

    type: "rgba"; "map", the matte; "green", "white", "#RRGGBB" or three numbers: before a colour; "blur": before its
    own background, blurred; "overlay"; or a picture, of any kind that source may be: before that picture.
    model: a Model, or what Model() takes; None: the built-in one. reverse: the background instead. threshold: 0..1, a
    hard edge there. crop: to the subject, with so many pixels around it. blur: sigma, for type "blur". linear: mixes
    light instead of sRGB values. resize: "static" or "dynamic", which keeps proportions and has a short_side.
    compat: as the package transparent-background computes it. order: "bgr" for arrays of OpenCV. effects: draws them
    on the cut-out, and the results come as a dict. progress: True for a bar of tqdm, or a function. sandbox: decodes
    files there."""
    return _model(model).cutout(
        source, type, reverse=reverse, threshold=threshold, crop=crop, blur=blur, linear=linear,
        keep_colours=keep_colours, resize=resize, short_side=short_side, network_size=network_size, compat=compat,
        order=order, effects=effects, seed=seed, progress=progress, sandbox=sandbox)


def matte(source: Any, *, model: Any = None, **options: Any) -> Any:
    """The alpha plane of a picture, or the list of those of a list; options as in Model.matte()."""
    return _model(model).matte(source, **options)
