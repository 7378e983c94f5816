"""Noise, sharpness, the fall of detail and the blocks of JPEG, from patches.

Sources: Immerkaer 1996 (noise from second differences), Field 1987 (power of natural images falls
with frequency), Wang, Bovik and Evan 2000 (steps at the borders of blocks).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix

OCTAVES = 4
NOISE_BLOCK = 8
NOISE_QUANTILE = 0.25
"""Of the blocks by their second differences: what is left of texture above it counts nothing."""
STEEP_QUANTILE = 0.95

_PER_SIGMA = math.sqrt(math.pi / 2.0) / 6.0
_LEAST_ENERGY = 1e-3
_LEAST_CONTRAST = 1.0
_LEAST_STEP = 0.05


def detail(luma: FloatMatrix, block: int) -> dict[str, float]:
    """Measure what fine detail tells.

    Parameters
    ----------
    luma
        Shape (m, side, side), float32, in levels; the side a multiple of 8, at least 16.
    block
        Pixels of a block of JPEG, 0 where nobody knows.

    Returns
    -------
    Facts by name; NaN for blockiness without a block.
    """
    right = np.diff(luma, axis=2)
    down = np.diff(luma, axis=1)
    return {
        "noise": _noise(right),
        "sharpness": _sharpness(luma, right, down),
        "slope": _slope(luma, right, down),
        "blockiness": _blockiness(right, down, block) if block else math.nan,
    }


def _noise(right: FloatMatrix) -> float:
    """Estimate the deviation of noise where there is least texture."""
    second = np.abs(np.diff(np.diff(np.diff(right, axis=2), axis=1), axis=1))
    count = second.shape[1] // NOISE_BLOCK
    kept = count * NOISE_BLOCK
    # Rows first: a sum along short stretches of memory is slow.
    rows = second[:, :kept, :kept].reshape(len(second), count, NOISE_BLOCK, kept).sum(axis=2)
    blocks = rows.reshape(-1, NOISE_BLOCK).sum(axis=1) / NOISE_BLOCK**2
    return _PER_SIGMA * _quantile(blocks, NOISE_QUANTILE)


def _sharpness(luma: FloatMatrix, right: FloatMatrix, down: FloatMatrix) -> float:
    steep = np.hypot(right[:, :-1:2, ::2], down[:, ::2, :-1:2]).ravel()
    return _quantile(steep, STEEP_QUANTILE) / max(float(luma.std()), _LEAST_CONTRAST)


def _quantile(values: FloatMatrix, share: float) -> float:
    place = int(share * (len(values) - 1))
    return float(np.partition(values, place)[place])


def _slope(luma: FloatMatrix, right: FloatMatrix, down: FloatMatrix) -> float:
    """Fit a line to the logarithms of energy over the octaves, from fine to coarse."""
    energies = []
    for octave in range(OCTAVES):
        energies.append(_mean_square(right) + _mean_square(down))
        if octave + 1 < OCTAVES:
            luma = 0.25 * (
                luma[:, ::2, ::2] + luma[:, 1::2, ::2] + luma[:, ::2, 1::2] + luma[:, 1::2, 1::2]
            )
            right, down = np.diff(luma, axis=2), np.diff(luma, axis=1)
    logarithms = np.log2(np.array(energies) + _LEAST_ENERGY)
    places = np.arange(OCTAVES) - (OCTAVES - 1) / 2.0
    return float(places @ logarithms / (places @ places))


def _mean_square(steps: FloatMatrix) -> float:
    return float(np.vdot(steps, steps)) / steps.size


def _blockiness(right: FloatMatrix, down: FloatMatrix, block: int) -> float:
    by_column, by_row = np.abs(right).mean(axis=(0, 1)), np.abs(down).mean(axis=(0, 2))
    at_border = np.arange(1, len(by_column) + 1) % block == 0
    border = float(by_column[at_border].mean() + by_row[at_border].mean())
    within = float(by_column[~at_border].mean() + by_row[~at_border].mean())
    return 100.0 * ((border + _LEAST_STEP) / (within + _LEAST_STEP) - 1.0)
