"""Whether later values of a series lie elsewhere than earlier ones, where neighbors are alike.

Sources: Mann and Whitney 1947 (ranks), Bayley and Hammersley 1946 (variance of a mean of
correlated values).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array

MOST_ALIKE = 0.95
"""Correlation of neighbors above which nothing is told."""


@dataclass(frozen=True, slots=True)
class Step:
    """The later half of a series against the earlier one.

    Attributes
    ----------
    before, now
        Median of each half.
    separation
        Probability that a later value is higher than an earlier one, ties counting half.
    p_value
        How often chance sets the halves as far apart; NaN where values are missing.
    """

    before: float
    now: float
    separation: float
    p_value: float


def steps_between_halves(series: Float64Array) -> list[Step]:
    """Compare the halves of several series.

    Neighbors in a series may be alike: the variance of the mean rank of a half is that of
    independent ranks times (1 + r) / (1 - r), r being the correlation of neighbors within the
    halves, never taken for less than 0.

    Parameters
    ----------
    series
        Shape (b, m): m series of b values in the order of time.
    """
    return [_step(values) for values in np.asarray(series, dtype=np.float64).T]


def _step(values: Float64Array) -> Step:
    half = len(values) // 2
    before, now = values[:half], values[half:]
    if np.isnan(values).any() or half < 3:
        return Step(math.nan, math.nan, math.nan, math.nan)
    ranks = _ranks(values)
    apart = float(ranks[half:].mean() - ranks[:half].mean())
    inflation = _inflation([ranks[:half], ranks[half:]])
    variance = float(ranks.var(ddof=1)) * (1.0 / half + 1.0 / len(now)) * inflation
    deviations = abs(apart) / math.sqrt(variance) if variance > 0.0 else 0.0
    return Step(
        float(np.median(before)),
        float(np.median(now)),
        0.5 + apart / len(values),
        math.erfc(deviations / math.sqrt(2.0)),
    )


def _ranks(values: Float64Array) -> Float64Array:
    """Return the rank of each value, equal ones sharing theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - 0.5 * (counts - 1))[places], dtype=np.float64)


def _inflation(halves: list[Float64Array]) -> float:
    """Return by how much correlation of neighbors widens the mean of a half."""
    # Without its trend: a drift within a half is no likeness of neighbors.
    centred = [_without_trend(half) for half in halves]
    total = sum(float(half @ half) for half in centred)
    if total <= 0.0:
        return 1.0
    along = sum(float(half[1:] @ half[:-1]) for half in centred)
    count = sum(map(len, halves))
    # A correlation estimated within short halves comes out too low by about so much.
    correlation = along / total + (2.0 + 4.0 * max(along / total, 0.0)) / (0.5 * count)
    correlation = min(max(correlation, 0.0), MOST_ALIKE)
    return (1.0 + correlation) / (1.0 - correlation)


def _without_trend(half: Float64Array) -> Float64Array:
    times = np.arange(len(half)) - 0.5 * (len(half) - 1)
    centred = half - half.mean()
    return np.asarray(centred - times * float(times @ centred) / float(times @ times))
