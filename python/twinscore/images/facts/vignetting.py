"""Dark corners, which a lens makes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray

FRAME = 32
"""Samples along a side of the frame."""

_ENCODED = np.arange(256.0) / 255.0
_LEAST_LIGHT = 1e-3
LIGHT = _LEAST_LIGHT + np.where(
    _ENCODED <= 0.04045, _ENCODED / 12.92, ((_ENCODED + 0.055) / 1.055) ** 2.4
)
"""Light of each level of sRGB (IEC 61966-2-1), 0..1, and a little more."""


def _zones() -> tuple[IdArray, IdArray]:
    places = (np.arange(FRAME) + 0.5) / FRAME * 2.0 - 1.0
    far = np.hypot(places[:, None], places[None, :]).ravel() / math.sqrt(2.0)
    return np.flatnonzero(far > 0.8), np.flatnonzero(far < 0.35)


_CORNERS, _MIDDLE = _zones()


def vignetting(image: Image.Image) -> float:
    """Compare light in the corners with light in the middle, in stops.

    Parameters
    ----------
    image
        Mode RGB, the whole frame.
    """
    samples = image.resize((FRAME, FRAME), Image.Resampling.NEAREST).convert("L")
    light = LIGHT[np.frombuffer(samples.tobytes(), dtype=np.uint8)]
    return float(np.log2(light[_CORNERS].mean() / light[_MIDDLE].mean()))
