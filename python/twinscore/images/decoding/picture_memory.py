"""Pictures worked on by the compiled core where Pillow keeps them: no pixel is copied to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from twinscore._core import (
    arrow_of_bytes,
    bytes_of_arrow,
    contrasts,
    covered,
    framed,
    reduced,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import IdArray

    Bytes = npt.NDArray[np.uint8]

PIXEL_BYTES = 4
"""Of a pixel of mode RGB: Pillow keeps a byte beside the three."""


def reduced_by(image: Image.Image, factor: int) -> Image.Image:
    """Return the same as ``image.reduce(factor)``, byte for byte, sooner.

    Parameters
    ----------
    image
        Mode RGB.
    factor
        A power of two.
    """
    if factor == 1:
        return image
    pixels = _pixels_in_place(image)
    if pixels is None:
        return image.reduce(factor)
    size = (-(-image.width // factor), -(-image.height // factor))
    return _image_of(reduced(pixels, *image.size, factor), size)


def covered_by(
    image: Image.Image,
    rectangles: IdArray | Sequence[tuple[int, int, int, int]],
    cell: int,
    fill: int,
) -> Image.Image:
    """Return an image with rectangles painted by what surrounds them.

    Parameters
    ----------
    image
        Mode RGB.
    rectangles
        Left, top, right and bottom of each, within the image.
    cell
        Pixels a side of the squares from which the colours are taken, a power of two.
    fill
        Level of grey where nothing surrounds them.
    """
    edges = np.array(rectangles, dtype=np.int64).reshape(-1, 4)
    return _image_of(covered(_pixels_of(image), *image.size, edges, cell, fill), image.size)


def framed_in(
    image: Image.Image,
    part: tuple[int, int, int, int],
    side: int,
    place: tuple[int, int],
    fill: int,
) -> Image.Image:
    """Return a part of an image in a square.

    Parameters
    ----------
    image
        Mode RGB.
    part
        Left, top, right and bottom, within the image.
    side
        Of the square.
    place
        Where in the square the part begins: its column and row.
    fill
        Level of grey around it.
    """
    pixels = _pixels_in_place(image)
    if pixels is None:
        square = Image.new("RGB", (side, side), (fill, fill, fill))
        square.paste(image.crop(part), place)
        return square
    return _image_of(framed(pixels, *image.size, part, side, place, fill), (side, side))


def contrasts_of(
    image: Image.Image,
    rectangles: Sequence[tuple[int, int, int, int]],
    factor: int,
    cell: int,
    ring: float,
) -> tuple[float, ...]:
    """Return how much brighter or darker rectangles are than a ring around them.

    Parameters
    ----------
    image
        Mode RGB, reduced by a factor.
    rectangles
        Left, top, right and bottom of each, within the image before it was reduced.
    factor
        A power of two.
    cell
        Pixels a side of the squares that are averaged first, a power of two.
    ring
        How far it reaches around a rectangle, as a share of the longer side.

    Returns
    -------
    Levels of 255 for each; NaN where there is nothing around it.
    """
    edges = np.array(rectangles, dtype=np.int64).reshape(-1, 4)
    return tuple(contrasts(_pixels_of(image), *image.size, edges, factor, cell, ring))


def _pixels_in_place(image: Image.Image) -> Bytes | None:
    """Return the bytes of an image where it keeps them, row after row; None where it cannot."""
    try:
        _, array = image.__arrow_c_array__()
    except ValueError:
        # Larger than a block of Pillow's memory, 16 MB.
        return None
    return bytes_of_arrow(array)


def _pixels_of(image: Image.Image) -> Bytes:
    """Return the bytes of an image, row after row."""
    pixels = _pixels_in_place(image)
    if pixels is None:
        pixels = np.full((image.height, image.width, PIXEL_BYTES), 255, dtype=np.uint8)
        pixels[..., :3] = np.asarray(image)
    return pixels.reshape(-1)


def _image_of(pixels: Bytes, size: tuple[int, int]) -> Image.Image:
    """Return an image of mode RGB that keeps these bytes; painted on, it is copied first."""
    return Image.fromarrow(_ArrowPixels(pixels), "RGB", size)


@dataclass(frozen=True, slots=True)
class _ArrowPixels:
    """Bytes as Pillow takes them: quadruples, by the Arrow PyCapsule interface."""

    pixels: Bytes

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return arrow_of_bytes(self.pixels)
