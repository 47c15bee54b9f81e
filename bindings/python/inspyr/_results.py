"""Results as what their sources were."""
from __future__ import annotations

from typing import Any, Dict

from ._pixels import Pixels
from .image import Image, interface


class _Writable:
    """An array's memory. Nobody else has the image, so it may be written."""

    def __init__(self, image: Image) -> None:
        self._image = image

    @property
    def __array_interface__(self) -> Dict[str, Any]:
        return interface(self._image, readonly=False)


def as_source(image: Image, source: Pixels, order: str) -> Any:
    """A PIL image for a PIL image, an array for an array (in its order of channels), else the Image."""
    if source.kind == "pil":
        return image.pil()
    if source.kind != "numpy":
        return image
    import numpy

    array = numpy.asarray(_Writable(image))
    if order == "bgr" and array.ndim == 3:
        array = numpy.ascontiguousarray(array[..., [2, 1, 0, 3][:array.shape[2]]])
    return array
