"""Squares of an image at the size it is decoded to: detail finer than the network sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import numpy.typing as npt

SIDE = 64
"""Pixels of a patch."""
ACROSS = 3
"""Places along either side of an image that has room for them; every other one has a patch, as on
a chessboard: the corners and the middle."""
SMALLEST = 16
"""Pixels of the shorter side of an image that still has detail to look at."""
BLOCK = 8
"""Pixels of a block of JPEG."""


@dataclass(frozen=True, slots=True)
class Patches:
    """Squares from all over an image.

    Attributes
    ----------
    pixels
        Shape (m, side, side, 3), uint8.
    outwards
        Shape (m, 2), float64: from the middle of the image to that of each patch, right and
        down, in halves of the image's sides.
    block
        Pixels that a block of JPEG has in them, whose borders lie at multiples of it; 0 where
        that is not known.
    """

    pixels: npt.NDArray[np.uint8]
    outwards: npt.NDArray[np.float64]
    block: int


def cut_patches(image: Image.Image, factor: int, decoded_at: int) -> Patches | None:
    """Cut squares out of an image, evenly spread, the same for every image of its size.

    Parameters
    ----------
    image
        Mode RGB.
    factor
        A power of two by which detail is reduced, so that images of all formats have theirs at
        one size.
    decoded_at
        By what a decoder reduced the image before.

    Returns
    -------
    Patches or None
        None of an image too small.
    """
    width, height = (length // factor for length in image.size)
    side = min(SIDE, min(width, height) // BLOCK * BLOCK)
    if side < SMALLEST:
        return None
    block = BLOCK // (factor * decoded_at) if factor * decoded_at <= BLOCK // 4 else 0
    found, outwards = [], []
    for row, top in enumerate(_starts(height, side)):
        for column, left in enumerate(_starts(width, side)):
            if (row + column) % 2:
                continue
            right, bottom = left + side, top + side
            box = (factor * left, factor * top, factor * right, factor * bottom)
            found.append(image.crop(box) if factor == 1 else image.reduce(factor, box=box))
            outwards.append(
                ((2 * left + side) / width - 1.0, (2 * top + side) / height - 1.0),
            )
    return Patches(_pixels(found), np.array(outwards), block)


def _pixels(patches: list[Image.Image]) -> npt.NDArray[np.uint8]:
    """Turn patches into one array: of each by itself takes as long as to measure it."""
    side = patches[0].height
    column = Image.new("RGB", (side, side * len(patches)))
    for place, patch in enumerate(patches):
        column.paste(patch, (0, place * side))
    return np.asarray(column).reshape(len(patches), side, side, 3)


def _starts(length: int, side: int) -> list[int]:
    """Spread patches along a side, at borders of blocks."""
    count = min(ACROSS, length // side)
    gaps = max(count - 1, 1)
    return [(length - side) * place // gaps // BLOCK * BLOCK for place in range(count)]
