"""Objects covered by the colours around them, so that nothing of them is left."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.annotations.placement import PixelBox
from twinscore.images.decoding.picture_memory import covered_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from twinscore.base.arrays import BoolArray

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
    wider = [_widened(box, image.size) for box in boxes]
    edges = [(box.left, box.top, box.right, box.bottom) for box in wider]
    return covered_by(image, edges, _cell_of(image.size), FILL[0])


def share_covered(size: tuple[int, int], boxes: Sequence[PixelBox]) -> float:
    """Return the share of an image that `covered` would cover."""
    return float(_hidden(size, [_widened(box, size) for box in boxes]).mean())


def _hidden(size: tuple[int, int], boxes: Sequence[PixelBox]) -> BoolArray:
    """Mark the squares of an image that any of the boxes touches."""
    cell = _cell_of(size)
    hidden = np.zeros((-(-size[1] // cell), -(-size[0] // cell)), dtype=bool)
    for box in boxes:
        rows = slice(box.top // cell, -(-box.bottom // cell))
        hidden[rows, box.left // cell : -(-box.right // cell)] = True
    return hidden


def _cell_of(size: tuple[int, int]) -> int:
    cell = _CELL
    while cell > 1 and min(size) < _FEWEST_CELLS * cell:
        cell //= 2
    return cell


def _widened(box: PixelBox, size: tuple[int, int]) -> PixelBox:
    by = math.ceil(BEYOND_SHARE * box.longer_side) + BEYOND_PIXELS
    return PixelBox(
        max(box.left - by, 0),
        max(box.top - by, 0),
        min(box.right + by, size[0]),
        min(box.bottom + by, size[1]),
    )
