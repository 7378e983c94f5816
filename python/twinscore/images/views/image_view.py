"""One view of an image, cut anew whenever it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twinscore.images.views.cuts import Cut


@dataclass(frozen=True, slots=True)
class ImageView:
    """Another image's content, and what is cut out of it once it is decoded at full size.

    Attributes
    ----------
    content
        Anything that `read_image` takes.
    cut
        What of it.
    """

    content: Any
    cut: Cut
