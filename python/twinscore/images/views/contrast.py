"""How far objects stand out from what surrounds them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.decoding.picture_memory import reduced_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.images.annotations.placement import PixelBox
    from twinscore.images.decoding.decoded_image import DecodedImage

RING = 0.25
"""How far around a box its surroundings reach, as a share of its longer side."""

_CELL = 4
"""Pixels a side of the squares that are averaged first, in images that have many."""

_MANY = 256
"""Pixels of the shorter side."""


def contrasts(decoded: DecodedImage, boxes: Sequence[PixelBox]) -> tuple[float, ...]:
    """Measure how much brighter or darker boxes are than a ring around them.

    Parameters
    ----------
    decoded
        The image.
    boxes
        Of its objects, in pixels of the whole image.

    Returns
    -------
    For each the distance of the mean brightness of the two, in levels of 255; NaN where a box has
    nothing around it.
    """
    if not boxes:
        return ()
    image = decoded.reduced
    cell = _CELL if min(image.size) >= _MANY else 1
    grey = np.asarray(reduced_by(image, cell).convert("L"))
    scale = decoded.factor * cell
    return tuple(_contrast(grey, box, scale) for box in boxes)


def _contrast(grey: npt.NDArray[np.uint8], box: PixelBox, scale: int) -> float:
    by = max(RING * box.longer_side, float(scale))
    inner = grey[_cells(box.top, box.bottom, scale), _cells(box.left, box.right, scale)]
    outer = grey[
        _cells(max(box.top - by, 0.0), box.bottom + by, scale),
        _cells(max(box.left - by, 0.0), box.right + by, scale),
    ]
    around = outer.size - inner.size
    if not inner.size or around <= 0:
        return math.nan
    within = float(inner.sum(dtype=np.int64))
    ring = (float(outer.sum(dtype=np.int64)) - within) / around
    return abs(within / inner.size - ring)


def _cells(first: float, last: float, scale: int) -> slice:
    return slice(int(first // scale), int(-(-last // scale)))
