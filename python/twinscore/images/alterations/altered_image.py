"""An image that is altered whenever it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.images.alterations.catalog import Step, altered

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class AlteredImage:
    """Another image's content, and what is done to its pixels once it is decoded.

    Attributes
    ----------
    content
        Anything that `read_image` takes.
    steps
        Applied in order, at the size that images are decoded to.
    seed
        Of what is drawn.
    """

    content: Any
    steps: tuple[Step, ...]
    seed: int = 0

    def alter(self, image: Image.Image) -> Image.Image:
        """Return the image, altered."""
        return altered(image, self.steps, self.seed)
