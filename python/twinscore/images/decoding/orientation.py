"""How a picture lies in its file, where a viewer turns it."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from twinscore.images.decoding.color import orientation_of
from twinscore.images.decoding.formats import supported_formats
from twinscore.images.decoding.pillow_warnings import pillow_warnings_silenced


def orientation_in(content: object) -> int:
    """Read the orientation in the EXIF of an image, 1 to 8.

    Parameters
    ----------
    content
        A path, encoded bytes or a Pillow image.

    Returns
    -------
    int
        1 for upright, and for what has none or is none of these.
    """
    if isinstance(content, Image.Image):
        return orientation_of(content)
    try:
        with pillow_warnings_silenced():
            if isinstance(content, Path | str):
                with Image.open(content, formats=supported_formats()) as image:
                    return orientation_of(image)
            if isinstance(content, bytes | bytearray | memoryview):
                with Image.open(io.BytesIO(content), formats=supported_formats()) as image:
                    return orientation_of(image)
    except Exception:
        # Damaged headers make Pillow raise nearly anything; `read_image` gives the reason.
        return 1
    return 1
