"""From the primaries a file names to those of sRGB."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array

SRGB_CHROMATICITIES = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
"""x and y of red, green, blue and white: ITU-R BT.709, D65."""

XYZ_CHROMATICITIES = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1 / 3, 1 / 3)
"""Of files that hold CIE XYZ."""

_TOLERANCE = 1e-3

_WORST_CONDITION = 1e4
"""Of the matrix from RGB to XYZ; primaries that span next to no colours are no primaries."""

_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
"""XYZ to the cone responses in which white points are exchanged (Lam 1985)."""


def to_display_primaries(
    light: npt.NDArray[Any], chromaticities: Sequence[float] | None
) -> npt.NDArray[Any]:
    """Bring linear RGB to the primaries and the white of sRGB.

    Parameters
    ----------
    light
        Shape (height, width, 3), floating point; grey of shape (height, width, 1) is returned as
        it is.
    chromaticities
        x and y of the file's red, green, blue and white; eight values. None, and values that
        describe no colours (zeros, one point), leave the light as it is, as viewers do.

    Returns
    -------
    ndarray of the same shape
        float32, or the light itself where there is nothing to do. It is not rounded in between:
        differences of large values would show it.
    """
    if chromaticities is None or light.shape[2] != 3:
        return light
    matrix = _conversion(tuple(float(value) for value in chromaticities))
    if matrix is None:
        return light
    with np.errstate(all="ignore"):
        converted: npt.NDArray[np.float32] = light.astype(np.float32) @ matrix.T
    return converted


@functools.lru_cache(maxsize=64)
def _conversion(source: tuple[float, ...]) -> npt.NDArray[np.float32] | None:
    """Return the matrix from linear RGB with these chromaticities to linear sRGB, if one is due."""
    if len(source) != 8 or np.allclose(source, SRGB_CHROMATICITIES, atol=_TOLERANCE):
        return None
    to_xyz, from_xyz = _rgb_to_xyz(source), np.linalg.inv(_known(SRGB_CHROMATICITIES))
    if to_xyz is None:
        return None
    adapted = np.diag(_cones(SRGB_CHROMATICITIES) / _cones(source))
    matrix = from_xyz @ np.linalg.inv(_BRADFORD) @ adapted @ _BRADFORD @ to_xyz
    return matrix.astype(np.float32) if np.isfinite(matrix).all() else None


def _known(chromaticities: Sequence[float]) -> Float64Array:
    matrix = _rgb_to_xyz(chromaticities)
    assert matrix is not None
    return matrix


def _cones(chromaticities: Sequence[float]) -> Float64Array:
    white: Float64Array = _BRADFORD @ _white(chromaticities)
    return white


def _rgb_to_xyz(chromaticities: Sequence[float]) -> Float64Array | None:
    """Scale the primaries so that they add up to white; None where they cannot."""
    if not np.isfinite(chromaticities).all() or chromaticities[7] <= 0:
        return None
    # Not divided by y, which is 0 for two of the primaries of XYZ itself.
    pairs = np.reshape(np.asarray(chromaticities[:6], dtype=np.float64), (3, 2))
    primaries = np.column_stack([pairs, 1 - pairs.sum(axis=1)]).T
    if np.linalg.cond(primaries) > _WORST_CONDITION:
        return None
    matrix: Float64Array = primaries * np.linalg.solve(primaries, _white(chromaticities))
    return matrix


def _white(chromaticities: Sequence[float]) -> Float64Array:
    """Return the white of luminance 1."""
    x, y = chromaticities[6:]
    return np.array([x / y, 1.0, (1 - x - y) / y])
