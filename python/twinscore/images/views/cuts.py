"""What is cut out of an image: the whole, an object, or what surrounds the objects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from twinscore.base.errors import UnreadableImageError
from twinscore.images.annotations.placement import PixelBox
from twinscore.images.decoding.reduction import reduction_factor
from twinscore.images.views.covering import FILL, covered

if TYPE_CHECKING:
    from twinscore.images.annotations.placement import SeenMask


class Cut(Protocol):
    """Makes one picture of a decoded image; small and picklable."""

    def of(self, image: Image.Image, shorter_side: int | None = None) -> Image.Image:
        """Make the picture.

        Parameters
        ----------
        image
            Upright, mode RGB, at full size.
        shorter_side
            Pixels. What is of the whole image may be reduced by a power of two, where its shorter
            side keeps at least so many (`reduction_factor`). None: at full size.
        """


@dataclass(frozen=True, slots=True)
class WholeImage:
    """The image as it is."""

    def of(self, image: Image.Image, _shorter_side: int | None = None) -> Image.Image:
        """Return the image; networks reduce it as they reduce others."""
        return image


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The image with its objects covered.

    Attributes
    ----------
    boxes
        Of all its objects, small ones and regions as well.
    """

    boxes: tuple[PixelBox, ...]

    def of(self, image: Image.Image, shorter_side: int | None = None) -> Image.Image:
        """Return the image, its objects covered: once it is as small as it will be."""
        factor = 1 if shorter_side is None else reduction_factor(image.size, shorter_side)
        reduced = image.copy() if factor == 1 else image.reduce(factor)
        return covered(reduced, [_reduced(box, factor) for box in self.boxes])


@dataclass(frozen=True, slots=True)
class SquareAround:
    """A square with an object in its middle; where there is nothing to show, it is grey.

    Attributes
    ----------
    box
        The object.
    margin
        On each side, as a share of the object's longer side.
    is_alone
        Whether nothing but the box is shown; else what lies around it as well, up to the border
        of the image.
    mask
        What is shown of the box; None for all of it.
    """

    box: PixelBox
    margin: float
    is_alone: bool = False
    mask: SeenMask | None = None

    @property
    def side(self) -> int:
        """Pixels of the square."""
        return max(1, math.ceil(round(self.box.longer_side * (1.0 + 2.0 * self.margin), 6)))

    def of(self, image: Image.Image, _shorter_side: int | None = None) -> Image.Image:
        """Return the square, at full size."""
        side = self.side
        left = (self.box.left + self.box.right - side) // 2
        top = (self.box.top + self.box.bottom - side) // 2
        shown = (
            max(left, self.box.left if self.is_alone else 0),
            max(top, self.box.top if self.is_alone else 0),
            min(left + side, self.box.right if self.is_alone else image.width),
            min(top + side, self.box.bottom if self.is_alone else image.height),
        )
        part = image.crop(shown)
        if self.mask is None and part.size == (side, side):
            return part
        square = Image.new("RGB", (side, side), FILL)
        square.paste(part, (shown[0] - left, shown[1] - top), self._kept(shown))
        return square

    def _kept(self, shown: tuple[int, int, int, int]) -> Image.Image | None:
        if self.mask is None:
            return None
        left, top, right, bottom = shown
        try:
            drawn = self.mask.drawn()
        except ValueError as error:
            raise UnreadableImageError(str(error)) from error
        kept = drawn[top:bottom, left:right]
        return Image.fromarray(np.where(kept, 255, 0).astype(np.uint8))


def _reduced(box: PixelBox, factor: int) -> PixelBox:
    """Return the pixels of a reduced image in which any of the box is."""
    right, bottom = -(-box.right // factor), -(-box.bottom // factor)
    return PixelBox(box.left // factor, box.top // factor, right, bottom)
