"""Which synthetic images lie nearer to a real one than real images lie to each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import Z_95
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, IdArray
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

NEAR = 0.05
"""Share of the real units that lie as near to another one, for what is usual there."""

SHARED_NEIGHBORS = 1.3
"""Variance of the share over that of independent units."""


@dataclass(frozen=True, slots=True)
class Novelty:
    """How far synthetic images lie from reality, measured by how far real ones do.

    Attributes
    ----------
    ranks
        Shape (n_synthetic,): share of the real units that lie nearer to another real one, for
        what is usual there. 0 for a copy, 1 for an image farther off than all.
    near
        Share of the synthetic units whose rank is below `NEAR`.
    expected
        The same for a perfect twin.
    units
        Real units compared with, and synthetic units.
    """

    ranks: Float64Array
    near: float
    expected: float
    units: tuple[int, int]

    def copied(self, on_domain: float) -> float:
        """Share of the synthetic units that are copies, given the share near reality at all."""
        return (self.near - self.expected * on_domain) / (1.0 - self.expected)

    def copied_interval(
        self, on_domain: float, on_domain_interval: tuple[float, float]
    ) -> tuple[float, float]:
        """95 % interval of `copied`, within 0 and 1."""
        real, synthetic = self.units
        spread = (on_domain_interval[1] - on_domain_interval[0]) / (2.0 * Z_95)
        trials = max(self.near * (1.0 - self.near), self.expected * (1.0 - self.expected))
        limit = self.expected * (1.0 - self.expected) / real
        variance = SHARED_NEIGHBORS * (trials / synthetic + limit)
        variance += (self.expected * spread) ** 2
        half = Z_95 * math.sqrt(variance) / (1.0 - self.expected)
        share = self.copied(on_domain)
        return min(max(share - half, 0.0), 1.0), min(max(share + half, 0.0), 1.0)


def novelty(
    pool: Pool,
    units: IdArray,
    neighbors: Neighbors,
    nearest_real: Neighbors,
    *,
    search: SearchSettings = EXACT,
) -> Novelty:
    """Rank synthetic images by how near they are to a real one for what is usual there.

    An image's distance to its nearest real one is taken relative to the distance of that one to
    the nearest further real one. For an image drawn like the real ones this ratio is distributed
    as that of a real image among the others.

    Parameters
    ----------
    pool
        Both sides.
    units
        Shape (n,), 0 .. u-1: what counts as one; real images of a unit are not compared.
    neighbors
        Of the pool; where a list holds fewer than two real images of other units, these are
        searched for.
    nearest_real
        The nearest real image of each synthetic one.
    search
        Backend and threads.
    """
    real = _NearestReal.of(pool, units, neighbors, search)
    own_unit, count = units[: len(real.ids)], len(real.ids)
    # A real image is no further one for itself.
    is_mutual = own_unit[real.ids[real.ids]] == own_unit
    usual = np.where(is_mutual, real.second[real.ids], real.first[real.ids])
    within = _ratios(real.first, usual)
    across = _ratios(nearest_real.distances[:, 0], real.first[nearest_real.ids[:, 0]])

    weights = 1.0 / np.bincount(units)[units]
    ranks = _mid_ranks(across, within, weights[:count])
    near = float(np.average(ranks < NEAR, weights=weights[count:]))
    sizes = tuple(len(np.unique(side)) for side in (units[:count], units[count:]))
    expected = math.ceil(NEAR * sizes[0]) / (sizes[0] + 1)
    return Novelty(ranks, near, expected, (sizes[0], sizes[1]))


@dataclass(frozen=True, slots=True)
class _NearestReal:
    """Of each real image, the nearest real one of another unit, and how far the second one is.

    `ids` are rows; distances are squared.
    """

    ids: IdArray
    first: Float64Array
    second: Float64Array

    @classmethod
    def of(
        cls, pool: Pool, units: IdArray, neighbors: Neighbors, search: SearchSettings
    ) -> _NearestReal:
        real = int(np.count_nonzero(pool.is_real))
        rows = np.arange(real)
        listed = neighbors.ids[:real]
        fits = pool.is_real[listed] & (units[listed] != units[:real, None])
        order = np.cumsum(fits, axis=1, dtype=np.int16)
        places = [np.argmax(fits & (order == number), axis=1) for number in (1, 2)]
        ids = listed[rows, places[0]]
        first, second = (neighbors.distances[rows, place] for place in places)
        lacking = np.flatnonzero(order[:, -1] < 2)
        if len(lacking):
            found = search.knn(
                pool.vectors[lacking],
                pool.vectors[:real],
                2,
                query_groups=units[lacking],
                reference_groups=units[:real],
            )
            ids[lacking] = found.ids[:, 0]
            first[lacking], second[lacking] = found.distances.T
        return cls(ids, first, second)


def _ratios(distances: Float64Array, usual: Float64Array) -> Float64Array:
    """Divide; an equal image is a copy even where all are equal."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(distances == 0.0, 0.0, distances / usual)


def _mid_ranks(values: Float64Array, among: Float64Array, weights: Float64Array) -> Float64Array:
    """Weighted share of `among` below each value, equal ones counting half."""
    order = np.argsort(among)
    sums = np.concatenate([[0.0], np.cumsum(weights[order])]) / weights.sum()
    below, level = (np.searchsorted(among[order], values, side) for side in ("left", "right"))
    return np.asarray((sums[below] + sums[level]) / 2.0, dtype=np.float64)
