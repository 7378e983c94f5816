"""What a file tells without its pixels: format, size, colour mode, JPEG quality."""

from __future__ import annotations

import functools
import io
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from twinscore.images.decoding.formats import HEAD, reader_of, supported_formats
from twinscore.images.decoding.pillow_warnings import pillow_warnings_silenced
from twinscore.images.records import ImageFacts, ImageHandle

if TYPE_CHECKING:
    from twinscore.images.records import ImageItem

_LUMINANCE_TABLE = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
"""Steps of quantisation in ITU-T T.81, table K.1, row by row: quality 50."""

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
        None for pixels in memory, and where the header cannot be read.
    """
    content = item.content
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


def jpeg_quality(steps: npt.ArrayLike) -> int:
    """Estimate the quality, 1 to 100, that an encoder was asked for.

    The quality whose luminance table, scaled from ITU-T T.81 as the Independent JPEG Group does,
    is nearest. It is exact for tables made so and a reading on the same scale for others.

    Parameters
    ----------
    steps
        The luminance table, 64 steps row by row.
    """
    differences = np.abs(_tables_by_quality() - np.asarray(steps, dtype=np.int64)).sum(axis=1)
    return int(np.argmin(differences)) + 1


def _facts(file: BinaryIO, origin: Path | bytes) -> ImageFacts:
    """Read the facts of an open file; ``origin`` is the same file, or its bytes."""
    reader = reader_of(file.read(HEAD))
    if reader is not None:
        return reader.read_facts(origin)
    file.seek(0)
    image = Image.open(file, formats=supported_formats())
    width, height = image.size
    name = _FAMILIES.get(image.format or "", image.format or "")
    tables = getattr(image, "quantization", None) if name == "JPEG" else None
    quality = jpeg_quality(tables[0]) if tables and 0 in tables else None
    return ImageFacts(name, width, height, image.mode, quality)


@functools.cache
def _tables_by_quality() -> npt.NDArray[np.int64]:
    """Return the luminance tables of qualities 1 to 100, shape (100, 64)."""
    quality = np.arange(1, 101)[:, None]
    percent = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    tables: npt.NDArray[np.int64] = (np.array(_LUMINANCE_TABLE) * percent + 50) // 100
    return np.clip(tables, 1, 255)
