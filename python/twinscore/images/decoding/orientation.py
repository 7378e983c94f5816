"""How a picture lies in its file, where a viewer turns it."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from twinscore.images.decoding.color import orientation_of
from twinscore.images.decoding.formats import HEAD, supported_formats
from twinscore.images.decoding.pillow_warnings import pillow_warnings_silenced
from twinscore.images.decoding.tiff import is_tiff, read_tiff_orientation


def orientation_in(content: object) -> int:
    """Read the orientation in the EXIF of an image or the tags of a TIFF, 1 to 8.

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
                return _orientation_in_file(Path(content))
            if isinstance(content, bytes | bytearray | memoryview):
                return _orientation_in_file(bytes(content))
    except Exception:
        # Damaged headers make Pillow raise nearly anything; `read_image` gives the reason.
        return 1
    return 1


def _orientation_in_file(content: Path | bytes) -> int:
    with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as file:
        is_of_tiff = is_tiff(file.read(HEAD))
        file.seek(0)
        if not is_of_tiff:
            with Image.open(file, formats=supported_formats()) as image:
                return orientation_of(image)
    return read_tiff_orientation(content)
