"""A decoded image of which several pictures are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twinscore.images.decoding.picture_memory import reduced_by
from twinscore.images.decoding.reduction import reduction_factor

if TYPE_CHECKING:
    from PIL import Image


@dataclass(slots=True)
class DecodedImage:
    """An image at full size, and as small as a network needs the whole of it.

    Attributes
    ----------
    image
        Upright, mode RGB, at full size.
    shorter_side
        Pixels. What is of the whole image may be reduced by a power of two, where its shorter
        side keeps at least so many (`reduction_factor`). None: at full size.
    """

    image: Image.Image
    shorter_side: int | None = None
    _reduced: Image.Image | None = field(default=None, init=False, repr=False)

    @property
    def factor(self) -> int:
        """By what the whole image is reduced."""
        if self.shorter_side is None:
            return 1
        return reduction_factor(self.image.size, self.shorter_side)

    @property
    def reduced(self) -> Image.Image:
        """The whole image, reduced once for all that is made of it; not to be painted on."""
        if self._reduced is None:
            self._reduced = reduced_by(self.image, self.factor)
        return self._reduced
