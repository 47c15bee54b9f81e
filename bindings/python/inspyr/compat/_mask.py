"""rembg's post_process_mask: an opening with a cross, a Gaussian of 2 pixels, and a hard edge at 127."""
from __future__ import annotations

import math
from typing import Any

_SIGMA, _REACH = 2.0, 8  # scipy's gaussian_filter() goes four sigmas far


def _cross(mask: Any, pick: Any) -> Any:
    """The least or greatest of each sample and its four neighbours, as far as there are any."""
    import numpy

    padded = numpy.pad(mask, 1, mode="edge")
    return pick(pick(pick(padded[:-2, 1:-1], padded[2:, 1:-1]), pick(padded[1:-1, :-2], padded[1:-1, 2:])), mask)


def _blur(rows: Any) -> Any:
    """Along the first axis, mirrored at the borders."""
    import numpy

    weights = [math.exp(-0.5 * (k / _SIGMA) ** 2) for k in range(-_REACH, _REACH + 1)]
    padded = numpy.pad(rows, ((_REACH, _REACH), (0, 0)), mode="symmetric")
    return sum(w * padded[k:k + rows.shape[0]] for k, w in enumerate(weights)) / sum(weights)


def post_process(mask: Any) -> Any:
    """A PIL image of mode L, smooth along its boundary and without soft edges."""
    import numpy
    from PIL import Image

    opened = _cross(_cross(numpy.asarray(mask), numpy.minimum), numpy.maximum)
    smooth = _blur(_blur(opened.astype(numpy.float64)).T).T
    return Image.fromarray(numpy.where(smooth < 127, 0, 255).astype(numpy.uint8))
