"""From the primaries a file names to those of sRGB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import Float64Array

SRGB_CHROMATICITIES = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
"""x and y of red, green, blue and white: ITU-R BT.709, D65."""

_TOLERANCE = 1e-3

_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
"""XYZ to the cone responses in which white points are exchanged (Lam 1985)."""


def to_display_primaries(
    light: npt.NDArray[np.float16], chromaticities: Sequence[float]
) -> npt.NDArray[np.float16]:
    """Bring linear RGB to the primaries and the white of sRGB.

    Parameters
    ----------
    light
        Shape (height, width, 3); grey of shape (height, width, 1) is returned as it is.
    chromaticities
        x and y of the file's red, green, blue and white; eight values.
    """
    source = tuple(float(value) for value in chromaticities)
    is_srgb = np.allclose(source, SRGB_CHROMATICITIES, atol=_TOLERANCE)
    if light.shape[2] != 3 or len(source) != 8 or is_srgb:
        return light
    with np.errstate(all="ignore"):
        matrix = _conversion(source).astype(np.float32)
        converted = light.astype(np.float32) @ matrix.T
        return converted.astype(np.float16) if np.isfinite(matrix).all() else light


def _conversion(source: Sequence[float]) -> Float64Array:
    """Return the matrix from linear RGB with these chromaticities to linear sRGB."""
    adapted = np.diag(_cones(SRGB_CHROMATICITIES) / _cones(source))
    adaptation = np.linalg.inv(_BRADFORD) @ adapted @ _BRADFORD
    to_srgb = np.linalg.inv(_rgb_to_xyz(SRGB_CHROMATICITIES))
    matrix: Float64Array = to_srgb @ adaptation @ _rgb_to_xyz(source)
    return matrix


def _cones(chromaticities: Sequence[float]) -> Float64Array:
    white: Float64Array = _BRADFORD @ _xyz(*chromaticities[6:])
    return white


def _rgb_to_xyz(chromaticities: Sequence[float]) -> Float64Array:
    red, green, blue, white = (_xyz(*chromaticities[place : place + 2]) for place in range(0, 8, 2))
    primaries = np.stack([red, green, blue], axis=1)
    matrix: Float64Array = primaries * np.linalg.solve(primaries, white)
    return matrix


def _xyz(x: float, y: float) -> Float64Array:
    """Return the colour of luminance 1 with these chromaticities."""
    return np.array([x / y, 1.0, (1 - x - y) / y])
