"""What a file tells without its pixels: format, size, colour mode, JPEG quality."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from PIL import Image, JpegImagePlugin

from twinscore.images.alterations.altered_image import AlteredImage
from twinscore.images.decoding.formats import HEAD, reader_of, supported_formats
from twinscore.images.decoding.jpeg_quality import quality_of_jpeg
from twinscore.images.decoding.pillow_warnings import pillow_warnings_silenced
from twinscore.images.records import CutPicture, ImageFacts, ImageHandle
from twinscore.images.views.image_view import ImageView

if TYPE_CHECKING:
    from twinscore.images.records import ImageItem

_FAMILIES = {"MPO": "JPEG", "DIB": "BMP"}
"""What a file is, where Pillow tells variants apart: an MPO is a JPEG with more behind it."""


def read_facts(item: ImageItem) -> ImageFacts | None:
    """Read what the header of an image file tells; no pixel is decoded.

    Parameters
    ----------
    item
        Any image of a source.

    Returns
    -------
    ImageFacts or None
        Of the file behind an altered image or a view; None for pixels in memory, and where the
        header cannot be read.
    """
    content: object = item.content
    while isinstance(content, AlteredImage | ImageView):
        content = content.content
    if isinstance(content, CutPicture):
        return content.facts
    try:
        with pillow_warnings_silenced():
            if isinstance(content, Path | str):
                with Path(content).open("rb") as file:
                    facts = _facts(file, Path(content))
                    return replace(facts, file_size=os.fstat(file.fileno()).st_size)
            if isinstance(content, ImageHandle):
                content = content.read()
            if isinstance(content, bytes | bytearray | memoryview):
                facts = _facts(io.BytesIO(content), bytes(content))
                return replace(facts, file_size=len(content))
    except Exception:
        # Damaged headers make Pillow raise nearly anything; `read_image` gives the reason.
        return None
    return None


def _facts(file: BinaryIO, origin: Path | bytes) -> ImageFacts:
    """Read the facts of an open file; ``origin`` is the same file, or its bytes."""
    reader = reader_of(file.read(HEAD))
    if reader is not None:
        return reader.read_facts(origin)
    file.seek(0)
    return facts_of_opened(Image.open(file, formats=supported_formats()))


def facts_of_opened(image: Image.Image) -> ImageFacts:
    """Return what a file tells that Pillow has opened, before its pixels are decoded."""
    width, height = image.size
    name = _FAMILIES.get(image.format or "", image.format or "")
    quality = quality_of_jpeg(image) if isinstance(image, JpegImagePlugin.JpegImageFile) else None
    return ImageFacts(name, width, height, image.mode, quality)
