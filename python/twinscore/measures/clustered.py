"""How sure a mean is whose values share what they depend on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import Z_95
from twinscore.graph.intervals import wilson_interval

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, IdArray


def unit_weights(units: IdArray) -> Float64Array:
    """Weights of `unit_mean`: they sum to 1 over all, and to the same within each unit."""
    codes = np.unique(units, return_inverse=True)[1]
    sizes = np.bincount(codes)
    weights: Float64Array = 1.0 / (len(sizes) * sizes[codes])
    return weights


def unit_mean(values: Float64Array, units: IdArray) -> float:
    """Average the values of each unit, then the units: every unit counts alike.

    Parameters
    ----------
    values, units
        Shape (n,).
    """
    return float(values @ unit_weights(units))


def clustered_variance(values: Float64Array, units: IdArray, *shared: IdArray) -> float:
    """Variance of `unit_mean` where values depend on each other by several ways.

    Values of one unit are correlated, and so are those that rest on the same image. The variance is
    that of units, plus for each other way what clusters by it add beyond those within units
    (Cameron, Gelbach and Miller 2011, of two ways at a time). It is never below that of units.

    Parameters
    ----------
    values, units
        Shape (n,).
    shared
        For each other way, shape (n,): what each value rests on.
    """
    count = len(np.unique(units))
    if count < 2:
        return math.inf
    residuals = unit_weights(units) * (values - unit_mean(values, units))
    variance = _sum_of_squares(residuals, units)
    for clusters in shared:
        both = np.unique(np.stack([units, clusters]), axis=1, return_inverse=True)[1].ravel()
        beyond = _sum_of_squares(residuals, clusters) - _sum_of_squares(residuals, both)
        variance += max(beyond, 0.0)
    return variance * count / (count - 1)


def share_interval(values: Float64Array, units: IdArray, *shared: IdArray) -> tuple[float, float]:
    """Bracket the mean of values in [0, 1]: Wilson's interval at the effective number of trials.

    Parameters
    ----------
    values, units, shared
        As in `clustered_variance`.

    Returns
    -------
    The ends of a 95 % interval; (0, 1) where a single unit tells nothing.
    """
    mean = unit_mean(values, units)
    count = len(np.unique(units))
    if count < 2:
        return 0.0, 1.0
    variance = clustered_variance(values, units, *shared)
    size = mean * (1.0 - mean) / variance if variance > 0.0 else float(count)
    low, high = wilson_interval(mean, min(size, float(count)))
    return min(low, mean), max(high, mean)


def difference_interval(
    values: Float64Array, units: IdArray, *shared: IdArray
) -> tuple[float, float]:
    """Bracket the mean of paired differences, each in [-1, 1], by the normal distribution."""
    mean = unit_mean(values, units)
    half = Z_95 * math.sqrt(clustered_variance(values, units, *shared))
    # The mean of differences that are all 1 may be rounded to more.
    return min(max(mean - half, -1.0), mean), max(min(mean + half, 1.0), mean)


def _sum_of_squares(residuals: Float64Array, clusters: IdArray) -> float:
    codes = np.unique(clusters, return_inverse=True)[1]
    sums = np.bincount(codes, residuals)
    return float(sums @ sums)
