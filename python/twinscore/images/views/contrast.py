"""How far objects stand out from what surrounds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.decoding.picture_memory import contrasts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    cell = _CELL if min(decoded.reduced.size) >= _MANY else 1
    edges = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    return contrasts_of(decoded.reduced, edges, decoded.factor, cell, RING)
