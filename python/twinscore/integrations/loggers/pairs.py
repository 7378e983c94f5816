"""Two images side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from twinscore.base.errors import MissingExtraError, UnreadableImageError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from PIL import Image

SIDE = 224
"""Longer side in pixels of one image."""

GAP = 8
"""Pixels between the two."""

Key = TypeVar("Key", bound="Hashable")


def read_all(contents: Iterable[tuple[Key, Any]], exposure: float) -> dict[Key, Image.Image]:
    """Read images small, those that can be read.

    Parameters
    ----------
    contents
        Of each, by what it is to be found again, and the content.
    exposure
        In stops, of OpenEXR and HDR files.
    """
    read = {key: read_small(content, exposure) for key, content in contents}
    return {key: image for key, image in read.items() if image is not None}


def read_small(content: Any, exposure: float) -> Image.Image | None:
    """Read an image as embedding reads it, and make it small; None where it cannot be read."""
    from twinscore.images.decoding import pillow_warnings_silenced, read_image

    try:
        with pillow_warnings_silenced():
            image = read_image(content, shorter_side=SIDE, exposure=exposure).convert("RGB")
    except (UnreadableImageError, MissingExtraError):
        return None
    image.thumbnail((SIDE, SIDE))
    return image


def side_by_side(left: Image.Image, right: Image.Image | None) -> Image.Image:
    """Put two images on one picture, centered, with a white gap; or one by itself."""
    from PIL import Image

    if right is None:
        return left
    height = max(left.height, right.height)
    picture = Image.new("RGB", (left.width + GAP + right.width, height), "white")
    picture.paste(left, (0, (height - left.height) // 2))
    picture.paste(right, (left.width + GAP, (height - right.height) // 2))
    return picture
