"""What is cut out of an image: the whole, an object, or what surrounds the objects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image, ImageDraw

from twinscore.base.errors import UnreadableImageError
from twinscore.images.annotations.placement import PixelBox
from twinscore.images.decoding.picture_memory import framed_in
from twinscore.images.views.covering import FILL, covered

if TYPE_CHECKING:
    from twinscore.images.annotations.placement import SeenMask
    from twinscore.images.decoding.decoded_image import DecodedImage


_FRAMES_ACROSS = 160
"""How often the line around an object fits along the shorter side of its image."""


class Cut(Protocol):
    """Makes one picture of a decoded image; small and picklable."""

    def of(self, decoded: DecodedImage) -> Image.Image:
        """Make the picture: what is of the whole image as it is reduced, objects at full size."""


@dataclass(frozen=True, slots=True)
class WholeImage:
    """The image as it is."""

    def of(self, decoded: DecodedImage) -> Image.Image:
        """Return the image."""
        return decoded.reduced


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The image with its objects covered.

    Attributes
    ----------
    boxes
        Of all its objects, small ones and regions as well.
    """

    boxes: tuple[PixelBox, ...]

    def of(self, decoded: DecodedImage) -> Image.Image:
        """Return the image, its objects covered: once it is as small as it will be."""
        boxes = [_reduced(box, decoded.factor) for box in self.boxes]
        return covered(decoded.reduced, boxes)


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

    def of(self, decoded: DecodedImage) -> Image.Image:
        """Return the square, at full size."""
        image, side = decoded.image, self.side
        left = (self.box.left + self.box.right - side) // 2
        top = (self.box.top + self.box.bottom - side) // 2
        shown = (
            max(left, self.box.left if self.is_alone else 0),
            max(top, self.box.top if self.is_alone else 0),
            min(left + side, self.box.right if self.is_alone else image.width),
            min(top + side, self.box.bottom if self.is_alone else image.height),
        )
        within = (shown[0] - left, shown[1] - top)
        if self.mask is None:
            return framed_in(image, shown, side, within, FILL[0])
        square = Image.new("RGB", (side, side), FILL)
        square.paste(image.crop(shown), within, self._kept(shown))
        return square

    def _kept(self, shown: tuple[int, int, int, int]) -> Image.Image:
        assert self.mask is not None
        left, top, right, bottom = shown
        try:
            drawn = self.mask.drawn()
        except ValueError as error:
            raise UnreadableImageError(str(error)) from error
        kept = drawn[top:bottom, left:right]
        return Image.fromarray(np.where(kept, 255, 0).astype(np.uint8))


@dataclass(frozen=True, slots=True)
class BoxDrawn:
    """The image with a frame around an object, to be looked at.

    Attributes
    ----------
    box
        The object.
    """

    box: PixelBox

    def of(self, decoded: DecodedImage) -> Image.Image:
        """Return the image, as small as it may be, with a frame just outside of the object."""
        picture = decoded.reduced.copy()
        box = _reduced(self.box, decoded.factor)
        width = max(1, min(picture.size) // _FRAMES_ACROSS)
        drawing = ImageDraw.Draw(picture)
        # Dark around bright: seen on any ground.
        for beyond, color in ((2 * width, (0, 0, 0)), (width, (255, 255, 255))):
            edges = (
                max(box.left - beyond, 0),
                max(box.top - beyond, 0),
                min(box.right - 1 + beyond, picture.width - 1),
                min(box.bottom - 1 + beyond, picture.height - 1),
            )
            drawing.rectangle(edges, outline=color, width=width)
        return picture


def _reduced(box: PixelBox, factor: int) -> PixelBox:
    """Return the pixels of a reduced image in which any of the box is."""
    right, bottom = -(-box.right // factor), -(-box.bottom // factor)
    return PixelBox(box.left // factor, box.top // factor, right, bottom)
