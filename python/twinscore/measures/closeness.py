"""Closeness: a companion of the score that keeps its range where the score is at its floor.

Source: Székely and Rizzo 2013, the coefficient of inhomogeneity; Hoeffding 1948 for its variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.intervals import student_quantile

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array, IdArray, PointMatrix
    from twinscore.graph.pool import Pool

MOST_UNITS = 1_000
"""Of each side whose distances are compared; of more, so many are drawn."""

FEWEST_UNITS = 4
"""Of each side; of fewer, no variance of distances is told."""

RELABELLINGS = 399
"""With 39, 199 or 399, chance alone falls outside the null range in exactly one case of twenty."""

LEAST_GAP = 0.1
"""Part of the gap that a point with itself leaves, below which no gap is believed."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """Mean distance within the sides over mean distance across.

    1 for perfect twins, falling toward 0 the farther the sides lie apart: unlike the score, it
    still falls where no synthetic image has a real neighbor, and it does not depend on the number
    of images.

    Attributes
    ----------
    value
        The mean of both sides' mean distances, over the mean distance across.
    interval
        95 %, for units drawn anew.
    null_interval
        Where 95 % of relabelled units fall, and so those of perfect twins.
    p_value
        How often relabelled units are as far apart.
    """

    value: float
    interval: tuple[float, float]
    null_interval: tuple[float, float]
    p_value: float


def closeness_of(
    pool: Pool, *, seed: int, most: int = MOST_UNITS, relabellings: int = RELABELLINGS
) -> Closeness | None:
    """Compare distances within and across the sides.

    Parameters
    ----------
    pool
        One random member of each unit is looked at.
    seed
        Of members, units and relabellings.
    most
        Units of each side whose distances are compared.
    relabellings
        Of units, for null range and p-value; 39 at least.

    Returns
    -------
    None where a side has fewer than four units.
    """
    random = np.random.default_rng(seed)
    rows, is_real = pool.draw(random), pool.unit_is_real
    sides = [_some(rows[is_real == side], most, random) for side in (True, False)]
    if min(len(side) for side in sides) < FEWEST_UNITS:
        return None
    table = _distances(pool.vectors[np.concatenate(sides)])
    real = len(sides[0])
    middle = float(table.sum(dtype=np.float64)) / (len(table) * (len(table) - 1))
    if middle == 0.0:
        return Closeness(1.0, (1.0, 1.0), (1.0, 1.0), 1.0)
    value, interval = _with_interval(table[:real, :real], table[real:, real:], table[:real, real:])
    null = _relabelled(table, middle, real, relabellings, random)
    outer = round(0.025 * (1 + relabellings))
    low, high = null[outer - 1], null[-outer]
    as_far = int(np.count_nonzero(null <= value))
    return Closeness(value, interval, (float(low), float(high)), (1 + as_far) / (1 + relabellings))


def _some(rows: IdArray, most: int, random: np.random.Generator) -> IdArray:
    return rows if len(rows) <= most else rows[np.sort(random.permutation(len(rows))[:most])]


def _distances(vectors: PointMatrix) -> npt.NDArray[np.float32]:
    """Return all distances, shape (n, n), 0 on the diagonal, in a unit of their own."""
    centered = vectors - vectors.mean(axis=0, dtype=np.float64)
    # Squares of what is very large or very small would leave the range of float32.
    unit = float(np.abs(centered).max(initial=0.0)) or 1.0
    points = np.ascontiguousarray(centered / unit, dtype=np.float32)
    squares = np.square(points).sum(axis=1)
    table = points @ points.T
    table *= -2.0
    table += squares[:, None]
    table += squares
    np.maximum(table, 0.0, out=table)
    np.sqrt(table, out=table)
    np.fill_diagonal(table, 0.0)
    return table


def _with_interval(
    real: npt.NDArray[np.float32],
    synthetic: npt.NDArray[np.float32],
    across: npt.NDArray[np.float32],
) -> tuple[float, tuple[float, float]]:
    """Return the closeness of two sides and its 95 % interval.

    Means over pairs are U-statistics, whose variance has two parts: of single points, which
    vanishes where the sides are alike, and of pairs. The influences of single points, being means
    over few pairs, hold the first once and the second twice. A quarter more than the second is
    left, so that the interval is rather too wide than too narrow.

    The interval is that of the square root of the gap that all pairs leave, a point with itself
    included: it is nearer to normal than the gap, near 0 and far from it. A gap smaller than it is
    sure, as copies leave it, is taken for one that reaches down to 0, where no root goes on.
    """
    within = [side.sum(axis=1, dtype=np.float64) / (len(side) - 1) for side in (real, synthetic)]
    between = [across.mean(axis=axis, dtype=np.float64) for axis in (1, 0)]
    means, apart = [float(side.mean()) for side in within], float(between[0].mean())
    spread = (means[0] + means[1]) / 2.0
    value = spread / apart
    if spread == 0.0:
        return 0.0, (0.0, 0.0)
    singles = 0.0
    for own, mean, other in zip(within, means, between, strict=True):
        influence = (own - mean) / spread - (other - apart) / apart
        singles += float(np.square(influence).sum()) / (len(own) * (len(own) - 1))
    pairs = (_pairs_within(real) + _pairs_within(synthetic)) / (2.0 * spread) ** 2
    rest = across - between[0][:, None] - between[1] + apart
    free = (across.shape[0] - 1) * (across.shape[1] - 1)
    pairs += float(np.square(rest).sum()) / free / (across.size * apart**2)
    half = value * math.sqrt(max(singles - 0.75 * pairs, 1.25 * pairs))
    half *= student_quantile(min(across.shape) - 1)
    own_pairs = sum(mean / len(side) for mean, side in zip(means, within, strict=True))
    bias = own_pairs / (2.0 * apart)
    shift = half**2 / (4.0 * max(1.0 - value + bias, LEAST_GAP * bias, half / 2.0))
    return value, (max(value - shift - half, 0.0), value - shift + half)


def _pairs_within(table: npt.NDArray[np.float32]) -> float:
    """Return the variance that pairs alone give the mean distance of a side.

    From distances less what their two points explain (Székely and Rizzo 2014, U-centering).
    """
    count = len(table)
    sums: Float64Array = table.sum(axis=1, dtype=np.float64) / (count - 2)
    rest = table - sums[:, None] - sums + sums.sum() / (count - 1)
    np.fill_diagonal(rest, 0.0)
    variance = float(np.square(rest).sum()) / (count * (count - 3))
    return 2.0 * variance / (count * (count - 1))


def _relabelled(
    table: npt.NDArray[np.float32],
    middle: float,
    real: int,
    relabellings: int,
    random: np.random.Generator,
) -> Float64Array:
    """Return the closeness of random sides of the same sizes, lowest first."""
    count = len(table)
    labels = np.zeros((count, relabellings), dtype=np.float32)
    labels[real:] = 1.0
    labels = random.permuted(labels, axis=0)
    # Sums of differences from the mean distance: large sums would lose what tells sides apart.
    moved = table - np.float32(middle)
    np.fill_diagonal(moved, 0.0)
    to_synthetic = moved @ labels
    among = (labels * to_synthetic).sum(axis=0, dtype=np.float64)
    reaching = to_synthetic.sum(axis=0, dtype=np.float64)
    whole = float(moved.sum(dtype=np.float64))
    across = reaching - among
    synthetic = count - real
    means = [
        middle + sums / pairs
        for sums, pairs in (
            (whole - among - 2.0 * across, real * (real - 1)),
            (among, synthetic * (synthetic - 1)),
            (across, real * synthetic),
        )
    ]
    return np.sort((means[0] + means[1]) / (2.0 * means[2]))
