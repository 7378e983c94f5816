"""Objects covered by the colours around them, so that nothing of them is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.decoding.picture_memory import covered_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from twinscore.base.arrays import IdArray
    from twinscore.images.annotations.placement import PixelBox

FILL = (127, 127, 127)
"""Where there is no image: middle grey."""

BEYOND_SHARE, BEYOND_PIXELS = 0.05, 2
"""By how much more than its box an object is covered: a share of its longer side, and pixels."""

_CELL = 8
"""Pixels a side of the squares from which the colours are taken."""

_FEWEST_CELLS = 16
"""Along the shorter side; small images have smaller squares."""


def covered(image: Image.Image, boxes: Sequence[PixelBox]) -> Image.Image:
    """Cover boxes, and a little more, by what surrounds them.

    The colours come from the pixels that stay alone, averaged over the wider surroundings the
    farther they are from the border of what is covered.

    Parameters
    ----------
    image
        Mode RGB; it stays as it is.
    boxes
        Within the image.
    """
    if not boxes:
        return image
    edges = _widened_edges(boxes, image.size)
    return covered_by(image, edges, _cell_of(image.size), FILL[0])


def share_covered(size: tuple[int, int], boxes: Sequence[PixelBox]) -> float:
    """Return the share of an image that `covered` would cover."""
    if not boxes:
        return 0.0
    cell = _cell_of(size)
    hidden = np.zeros((-(-size[1] // cell), -(-size[0] // cell)), dtype=bool)
    edges = _widened_edges(boxes, size)
    edges[:, 2:] += cell - 1
    # The squares of which a box touches any pixel.
    for left, top, right, bottom in (edges // cell).tolist():
        hidden[top:bottom, left:right] = True
    return float(np.count_nonzero(hidden)) / hidden.size


def _cell_of(size: tuple[int, int]) -> int:
    cell = _CELL
    while cell > 1 and min(size) < _FEWEST_CELLS * cell:
        cell //= 2
    return cell


def _widened_edges(boxes: Sequence[PixelBox], size: tuple[int, int]) -> IdArray:
    """Return left, top, right and bottom of boxes with what is covered beside them, a row each."""
    edges = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], dtype=np.int64)
    first, last = edges[:, :2], edges[:, 2:]
    longer_side = (last - first).max(axis=1, keepdims=True)
    by = np.ceil(BEYOND_SHARE * longer_side).astype(np.int64) + BEYOND_PIXELS
    np.maximum(first - by, 0, out=first)
    np.minimum(last + by, size, out=last)
    return edges
