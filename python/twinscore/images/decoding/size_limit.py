"""Refuse images so large that decoding them would fill the memory."""

from __future__ import annotations

from PIL import Image

from twinscore.base.errors import UnreadableImageError

TOO_LARGE = "image too large (decompression bomb; PIL.Image.MAX_IMAGE_PIXELS is the limit)"


def check_size(width: int, height: int) -> None:
    """Hold readers other than Pillow to Pillow's limit: twice ``PIL.Image.MAX_IMAGE_PIXELS``.

    Raises
    ------
    UnreadableImageError
        The image has more pixels, or none.
    """
    if width <= 0 or height <= 0:
        raise UnreadableImageError(f"no pixels ({width} x {height})")
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and width * height > 2 * limit:
        raise UnreadableImageError(TOO_LARGE)
