"""The two functions of the package rembg, 2.0.86.

    from inspyr.compat.rembg import new_session, remove

What differs:

- The network is the built-in one, or any that Model() takes: new_session("base"). Names of rembg's models are taken,
  and but for the default with a warning. Nothing is downloaded, nothing leaves the machine.
- Colours at soft edges are always the subject's, so decontaminate and alpha_matting, with its numbers, change nothing;
  putalpha=True keeps the picture's colours. vitmatte is refused.
- Alpha of the picture multiplies the result's.
- force_return_bytes works for images and arrays, too.

Images come back as PIL images, arrays as arrays, and bytes as the bytes of a PNG file; pictures are turned upright."""
from __future__ import annotations

import io
import warnings
from typing import Any, Optional, Tuple

from .._pixels import is_numpy, is_pil
from ..errors import InspyrUnsupportedError
from ..image import Image
from ..model import Model
from ..simple import default_model
from ._mask import post_process

_DEFAULT = "bria-rmbg"
_THEIRS = frozenset(
    "ben_custom birefnet-cod birefnet-dis birefnet-general birefnet-general-fp16 birefnet-general-lite birefnet-hrsod "
    "birefnet-massive birefnet-portrait bria-rmbg dis_custom isnet-anime isnet-general-use sam silueta u2net "
    "u2net_cloth_seg u2net_custom u2net_human_seg u2netp".split())
_SERVICES = ("atlascloud", "withoutbg")


class Session:
    """A network with a name. Any number of threads may use it."""

    def __init__(self, model_name: str, model: Model) -> None:
        self.model_name = model_name
        self.model = model


def new_session(model_name: str = _DEFAULT, *args: Any, sess_opts: Any = None, **kwargs: Any) -> Session:
    """A session for remove(). kwargs: those of Model(). ONNX Runtime's sess_opts and providers are ignored."""
    kwargs.pop("providers", None)
    if model_name in _SERVICES:
        raise InspyrUnsupportedError(f"{model_name} is a service on the network, which this package never asks")
    if model_name in _THEIRS:
        if model_name != _DEFAULT:
            warnings.warn(f"{model_name} is not here; the built-in network takes its place", stacklevel=2)
        return Session(model_name, Model("builtin", **kwargs) if kwargs else default_model())
    return Session(model_name, Model(model_name, **kwargs))


def _coloured(picture: Any, bgcolor: Tuple[int, int, int, int]) -> Any:
    from PIL import Image as pillow

    return pillow.alpha_composite(pillow.new("RGBA", picture.size, tuple(bgcolor)), picture)


def remove(data: Any, alpha_matting: bool = False, alpha_matting_foreground_threshold: int = 240,
           alpha_matting_background_threshold: int = 10, alpha_matting_erode_size: int = 10,
           session: Optional[Session] = None, only_mask: bool = False, post_process_mask: bool = False,
           decontaminate: bool = False, vitmatte: bool = False, vitmatte_model: Optional[str] = None,
           bgcolor: Optional[Tuple[int, int, int, int]] = None, force_return_bytes: bool = False,
           *args: Any, **kwargs: Any) -> Any:
    """The subject of a picture, as bytes, a PIL image or an array, like the picture itself."""
    if vitmatte:
        raise InspyrUnsupportedError("vitmatte is another network, which is not here")
    if not (isinstance(data, (bytes, bytearray)) or is_pil(data) or is_numpy(data)):
        raise ValueError(f"Input type {type(data)} is not supported. Try bytes, a PIL image or an array.")
    model = session.model if session is not None else default_model()
    source = Image.of(data) if is_numpy(data) else data
    keep = bool(kwargs.get("putalpha", False))
    result = model.cutout(source, "map" if only_mask else "rgba", keep_colours=keep)
    picture = result if is_pil(result) else result.pil()
    if post_process_mask:
        mask = post_process(picture if only_mask else picture.getchannel("A"))
        if only_mask:
            picture = mask
        else:
            picture.putalpha(mask)
    if bgcolor is not None and not only_mask:
        picture = _coloured(picture, bgcolor)
    if is_pil(data) and not force_return_bytes:
        return picture
    if is_numpy(data) and not force_return_bytes:
        import numpy

        return numpy.array(picture)
    if isinstance(result, Image) and bgcolor is None and not post_process_mask:
        return result.encode("png")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
