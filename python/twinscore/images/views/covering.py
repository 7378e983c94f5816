"""Objects covered by the colours around them, so that nothing of them is left."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from twinscore.images.annotations.placement import PixelBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import BoolArray

    Colors = npt.NDArray[np.float32]

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
        Mode RGB; it is painted on.
    boxes
        Within the image.
    """
    if not boxes:
        return image
    wider = [_widened(box, image.size) for box in boxes]
    cell = _cell_of(image.size)
    squares = image.reduce(cell) if cell > 1 else image
    colors = _surroundings(np.asarray(squares, dtype=np.float32), ~_hidden(image.size, wider))
    smooth = _as_image(colors)
    for box in wider:
        part = (box.left / cell, box.top / cell, box.right / cell, box.bottom / cell)
        size = (box.width, box.height)
        patch = smooth.resize(size, Image.Resampling.BILINEAR, box=part)
        image.paste(patch, (box.left, box.top))
    return image


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


def _surroundings(colors: Colors, is_known: BoolArray) -> Colors:
    """Fill what is not known from coarser and coarser averages of what is."""
    if is_known.all():
        return colors
    height, width = is_known.shape
    if height == width == 1 or not is_known.any():
        return np.where(is_known[..., None], colors, np.array(FILL, dtype=np.float32))
    padded = np.zeros((height + height % 2, width + width % 2, 4), dtype=np.float32)
    known = padded[:height, :width]
    known[..., :3], known[..., 3] = colors, 1.0
    known[~is_known] = 0.0
    sums = padded[0::2, 0::2] + padded[1::2, 0::2]
    sums += padded[0::2, 1::2]
    sums += padded[1::2, 1::2]
    weights = sums[..., 3]
    coarse = _surroundings(sums[..., :3] / np.maximum(weights, 1.0)[..., None], weights > 0.0)
    size = (padded.shape[1], padded.shape[0])
    finer = np.asarray(_as_image(coarse).resize(size, Image.Resampling.BILINEAR))
    filled = colors.copy()
    filled[~is_known] = finer[:height, :width][~is_known]
    return filled


def _as_image(colors: Colors) -> Image.Image:
    return Image.fromarray(np.rint(colors).astype(np.uint8))
