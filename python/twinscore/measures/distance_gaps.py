"""Gaps in the sorted distances of a point that are too large for chance.

Around a point of a smooth density in m dimensions, the j-th gap j m ln(d_{j+1} / d_j) of its
sorted distances is an exponential variable of mean 1, independent of the others (Renyi 1953).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray

LEAST_RATIO = 1.5
"""Of the distances above and below a gap: where the density falls by itself, less is surprising."""

CHANCE = 0.01
"""Chance of a false alarm in a whole pool of independent images."""

CHANCE_OF_ONE = 0.25
"""Part of that chance that one gap alone may use."""

LEAST_SURPRISE = 5.0
MOST_EXPECTED = 10.0
"""Gaps of so little surprise, or so many by chance, show nothing however many there are."""

MOST_SURPRISE = 20.0
LEVEL_STEP = 0.5

COMMON_SURPRISE = (1.0, 5.0)
FEWEST_COMMON = 8
DOUBT = 0.5
"""Standard errors by which common surprises may be too large without telling of other gaps."""

MOST_STRETCH = 1.3
"""Many copies that moved far make common surprises large as well."""

CHANCE_OF_A_ROW = 0.05
"""Where it is known which distance separates near-copies from others, a row needs less proof."""

NEAREST_GAPS = 4
"""A dimension is that of the smallest distances: farther away, folds and edges change it."""

STEPS = 2
"""A local dimension is averaged over neighbors of neighbors, about a hundred rows."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """How surprising the gaps in the sorted distances of each point are.

    Attributes
    ----------
    distances
        Shape (n, k), Euclidean, ascending per row.
    surprise
        Shape (n, k - 1): exceeds t by chance with probability exp(-t); NaN after a distance of 0.
    """

    distances: Float64Array
    surprise: Float64Array

    def ends(self) -> Float64Array:
        """Return the lower and upper ends, shape (m, 2), of gaps too large for a pool's chance."""
        lower, upper = self.distances[:, :-1], self.distances[:, 1:]
        large = (self.surprise > self._limits()) & (upper >= LEAST_RATIO * lower)
        return np.stack([lower[large], upper[large]], axis=1)

    def _limits(self) -> Float64Array:
        """Surprise that is too large for chance, by place in the list, shape (k - 1,).

        One gap alone has to be very large; many may be less, if there are more of them than the
        Poisson distribution lets there be. The members of a cluster share its gap, and count once.
        Most copies are pairs: the farther a place in the list, the less of the chance it has.
        """
        points, listed = self.surprise.shape
        limits = np.empty(listed)
        least = max(LEAST_SURPRISE, math.log(max(points, 1) / MOST_EXPECTED))
        levels = np.arange(least, MOST_SURPRISE, LEVEL_STEP).tolist()
        for place in range(listed):
            surprise, members = self.surprise[:, place], place + 2
            chance = CHANCE / ((place + 1) * members)
            stretch = _stretch(surprise, members)
            clusters = max(points, 1) / members
            limit = math.log(clusters / (CHANCE_OF_ONE * chance))
            for level in levels:
                if level >= limit:
                    break
                found = int(np.count_nonzero(surprise > level * stretch)) // members
                if _poisson_tail(clusters * math.exp(-level), found) <= chance / len(levels):
                    limit = level
            limits[place] = limit * stretch
        return limits

    def follow(self, counts: IdArray) -> BoolArray:
        """Whether the first `counts` distances of a row, shape (n,), end in a gap.

        True for rows whose list is at its end, False where the count is 0.
        """
        listed = self.distances.shape[1]
        found: BoolArray = counts == listed
        rows = np.flatnonzero((counts > 0) & (counts < listed))
        last, following = self.distances[rows, counts[rows] - 1], self.distances[rows, counts[rows]]
        # After a distance of 0 any other is a gap.
        calm = self.surprise[rows, counts[rows] - 1] <= -math.log(CHANCE_OF_A_ROW)
        found[rows] = (following >= LEAST_RATIO * last) & ~calm
        return found


def gaps_of(squared: Float64Array, ids: IdArray) -> Gaps:
    """Measure the gaps of each point in the dimension that its surroundings have.

    Parameters
    ----------
    squared, ids
        Shape (n, k): squared distances, ascending per row, and whose they are.
    """
    distances = np.sqrt(squared)
    scaled = _scaled_gaps(distances)
    if not np.isfinite(scaled).any():
        return Gaps(distances, np.full(scaled.shape, np.nan))
    dimensions = local_dimensions(distances, ids)
    # Among equal distances nothing tells what is a gap.
    dimensions[np.isinf(dimensions)] = np.nan
    return Gaps(distances, dimensions[:, None] * scaled)


def local_dimensions(distances: Float64Array, ids: IdArray) -> Float64Array:
    """Dimension around each point: where it varies, that of the whole pool is no guide.

    From the median gap of each row, which a gap after near-copies does not move, averaged over
    its neighbors and theirs.

    Parameters
    ----------
    distances, ids
        Shape (n, k): Euclidean, ascending per row, and whose they are.

    Returns
    -------
    Shape (n,), float64; infinite where all distances are equal.
    """
    scaled = _scaled_gaps(distances)[:, :NEAREST_GAPS]
    seen = np.isfinite(scaled).sum(axis=1)
    medians, rows = np.zeros(len(scaled)), np.flatnonzero(seen)
    medians[rows] = np.nanmedian(scaled[rows], axis=1) / _median_of_exponentials(seen[rows])
    around, counts = medians, (seen > 0).astype(np.float64)
    for _ in range(STEPS):
        around, counts = (values + values[ids].sum(axis=1) for values in (around, counts))
    dimensions = np.full(len(scaled), np.inf)
    np.divide(counts, around, out=dimensions, where=around > 0.0)
    return dimensions


def _stretch(surprise: Float64Array, members: int) -> float:
    """How many times larger than by chance the common surprises of a place are, at least 1.

    Where images are alike to many degrees, as on a folded surface, even independent ones make
    gaps that no single dimension explains.
    """
    low, high = COMMON_SURPRISE
    common = surprise[(surprise > low) & (surprise <= high)] - low
    if len(common) < FEWEST_COMMON:
        return 1.0
    error = common.std() / math.sqrt(len(common) / members)
    stretches = np.linspace(1.0, MOST_STRETCH, 100)
    means = stretches - (high - low) / np.expm1((high - low) / stretches)
    return float(np.interp(common.mean() - DOUBT * error, means, stretches))


def _poisson_tail(mean: float, least: int) -> float:
    """Probability of at least so many events."""
    term, below = math.exp(-mean), 0.0
    for count in range(least):
        below += term
        term *= mean / (count + 1)
    # Far in the tail, its first term is nearly all of it, and the difference only rounding.
    return max(1.0 - below, term)


def _scaled_gaps(distances: Float64Array) -> Float64Array:
    """Return j ln(d_{j+1} / d_j), NaN where the lower distance is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithms = np.log(distances[:, 1:] / distances[:, :-1])
    logarithms[distances[:, :-1] == 0.0] = np.nan
    return logarithms * np.arange(1, distances.shape[1])


def _median_of_exponentials(counts: IdArray) -> Float64Array:
    """Mean of the median of so many exponential variables of mean 1."""
    table = [1.0]
    for count in range(1, int(counts.max(initial=0)) + 1):
        ranks = [(count + 1) // 2, count // 2 + 1]
        orders = [sum(1.0 / (count - place) for place in range(rank)) for rank in ranks]
        table.append(sum(orders) / 2.0)
    return np.array(table)[counts]
