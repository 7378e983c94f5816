"""The quality that a JPEG was saved with, by its steps of quantisation."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import JpegImagePlugin

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

_QUANTISATION = b"\xff\xdb"
_SIDE = 8


def quality_of_jpeg(image: JpegImagePlugin.JpegImageFile) -> int | None:
    """Estimate the quality of an open file, by the table of its first component."""
    tables = image.quantization
    chosen = image.layer[0][3] if image.layer else 0
    return jpeg_quality(tables[chosen]) if chosen in tables else None


def quality_of_tables(stream: bytes) -> int | None:
    """Estimate the quality of JPEG inside a TIFF file.

    Parameters
    ----------
    stream
        The value of its tag JPEGTables: segments as in a file, without a picture.
    """
    start = stream.find(_QUANTISATION)
    if start < 0 or len(stream) < start + 5:
        return None
    # Behind the marker: length (2 bytes), precision and number of the table (1), 64 steps.
    kind = ">u2" if stream[start + 4] >> 4 else "u1"
    steps = stream[start + 5 : start + 5 + _SIDE * _SIDE * np.dtype(kind).itemsize]
    if len(steps) < _SIDE * _SIDE * np.dtype(kind).itemsize:
        return None
    in_rows = np.empty(_SIDE * _SIDE, dtype=np.int64)
    in_rows[_zigzag()] = np.frombuffer(steps, dtype=kind)
    return jpeg_quality(in_rows)


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


@functools.cache
def _tables_by_quality() -> npt.NDArray[np.int64]:
    """Return the luminance tables of qualities 1 to 100, shape (100, 64)."""
    quality = np.arange(1, 101)[:, None]
    percent = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    tables: npt.NDArray[np.int64] = (np.array(_LUMINANCE_TABLE) * percent + 50) // 100
    return np.clip(tables, 1, 255)


@functools.cache
def _zigzag() -> npt.NDArray[np.intp]:
    """Return where the steps of a segment belong, row by row: along diagonals, to and fro."""
    places = [(row, column) for row in range(_SIDE) for column in range(_SIDE)]
    places.sort(key=lambda place: (sum(place), place[0] if sum(place) % 2 else place[1]))
    return np.array([row * _SIDE + column for row, column in places])
