"""One decoded frame of a clip, as a player shows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from twinscore.images.decoding.coding_points import CodingPoints
from twinscore.images.decoding.color import composite, square_pixels
from twinscore.images.decoding.size_limit import check_size

_HIGH_DEFINITION = 720
"""Rows from which on players take BT.709 where a file names no colour space."""

_UNSPECIFIED = 2
_BT2020_PRIMARIES = 9
_TURNED_BY_DISPLAY_MATRIX = "DISPLAYMATRIX"


def frame_pixels(frame: Any, pixel_aspect: float = 1.0) -> npt.NDArray[np.uint8]:
    """Return a frame of PyAV as upright sRGB, shape (height, width, 3).

    High dynamic range (PQ, HLG) and wide primaries become sRGB as `CodingPoints` says; alpha is
    composited; pixels are made square, and the picture is turned and mirrored by the display
    matrix.
    """
    check_size(frame.width, frame.height)
    pixels = np.asarray(square_pixels(Image.fromarray(_rgb(frame)), pixel_aspect))
    return np.ascontiguousarray(_turned(pixels, frame))


def _rgb(frame: Any) -> npt.NDArray[np.uint8]:
    points = CodingPoints(
        int(getattr(frame, "color_primaries", None) or _UNSPECIFIED),
        int(getattr(frame, "color_trc", None) or _UNSPECIFIED),
    )
    source = _assumed_matrix(frame, points)
    if not points.is_plain:
        deep: npt.NDArray[np.uint16] = _converted(frame, "rgb48le", source)
        return points.tones(deep)
    if _has_alpha(frame):
        rgba: npt.NDArray[np.uint8] = _converted(frame, "rgba", source)
        return np.asarray(composite(Image.fromarray(rgba)))
    rgb: npt.NDArray[np.uint8] = _converted(frame, "rgb24", source)
    return rgb


def _converted(frame: Any, kind: str, source: str | None) -> npt.NDArray[Any]:
    # One thread: clips are decoded side by side, and swscale's slices race with one another.
    reformatted = frame.reformat(format=kind, src_colorspace=source, threads=1)
    converted: npt.NDArray[Any] = reformatted.to_ndarray()
    return converted


def _assumed_matrix(frame: Any, points: CodingPoints) -> str | None:
    """Name the matrix of a frame that does not name it."""
    if frame.colorspace != _UNSPECIFIED:
        return None
    if points.primaries == _BT2020_PRIMARIES:
        return "BT2020"
    return "ITU709" if frame.height >= _HIGH_DEFINITION else None


def _has_alpha(frame: Any) -> bool:
    return any(component.is_alpha for component in frame.format.components)


def _turned(pixels: npt.NDArray[np.uint8], frame: Any) -> npt.NDArray[np.uint8]:
    """Apply the display matrix, to the nearest quarter: x' = ax + cy, y' = bx + dy."""
    for entry in frame.side_data:
        if entry.type.name == _TURNED_BY_DISPLAY_MATRIX:
            a, b, _, c, d = np.frombuffer(bytes(entry), dtype=np.int32, count=5).tolist()
            if abs(a) + abs(d) >= abs(b) + abs(c):
                across, down = a, d
            else:
                pixels, across, down = pixels.swapaxes(0, 1), c, b
            pixels = pixels[:, ::-1] if across < 0 else pixels
            return pixels[::-1] if down < 0 else pixels
    return pixels
