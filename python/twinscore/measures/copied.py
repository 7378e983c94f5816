"""Which synthetic images lie nearer to a real one than real images lie to each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import Z_95
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

NEAR = 0.05
"""Share of real units that lie this near to another one, by themselves."""

SHARED_NEIGHBORS = 1.3
"""Variance of the share over that of independent units."""

MOST_SEARCHED = 10_000
"""Real images whose neighbor is searched for where the lists of the pool do not hold it."""


@dataclass(frozen=True, slots=True)
class Novelty:
    """How far synthetic images lie from reality, measured by how far real ones do.

    Attributes
    ----------
    ranks
        Shape (n_synthetic,): share of the real units that lie nearer to their nearest real one
        than the image to its own. 0 for a copy, 1 for an image farther off than all.
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
    seed: int,
    search: SearchSettings = EXACT,
) -> Novelty:
    """Rank the distances of synthetic images to reality among those within reality.

    Parameters
    ----------
    pool
        Both sides.
    units
        Shape (n,), 0 .. u-1: what counts as one; real images of a unit are not compared.
    neighbors
        Of the pool; where a list holds no real image of another unit, one is searched for.
    nearest_real
        The nearest real image of each synthetic one.
    seed
        Of the choice of real images where too many must be searched for.
    search
        Backend and threads.
    """
    real_rows = np.flatnonzero(pool.is_real)
    distances = _first_real(neighbors, real_rows, pool.is_real, units)
    lacking = np.flatnonzero(np.isinf(distances))
    if len(lacking) > MOST_SEARCHED:
        chosen = np.random.default_rng(seed).permutation(len(real_rows))[:MOST_SEARCHED]
        chosen.sort()
        real_rows, distances = real_rows[chosen], distances[chosen]
        lacking = np.flatnonzero(np.isinf(distances))
    if len(lacking):
        distances[lacking] = _nearest_of_another(pool, real_rows[lacking], units, search)

    weights = 1.0 / np.bincount(units)[units]
    real_units = len(np.unique(units[real_rows]))
    ranks = _mid_ranks(nearest_real.distances[:, 0], distances, weights[real_rows])
    synthetic_weights = weights[~pool.is_real]
    near = float(np.average(ranks < NEAR, weights=synthetic_weights))
    expected = math.ceil(NEAR * real_units) / (real_units + 1)
    synthetic_units = len(np.unique(units[~pool.is_real]))
    return Novelty(ranks, near, expected, (real_units, synthetic_units))


def _first_real(
    neighbors: Neighbors, rows: IdArray, is_real: BoolArray, units: IdArray
) -> Float64Array:
    """Squared distance to the first real image of another unit in each list, infinite without."""
    ids = neighbors.ids[rows]
    fits = is_real[ids] & (units[ids] != units[rows][:, None])
    place = np.argmax(fits, axis=1)
    found = neighbors.distances[rows, place]
    found[~fits[np.arange(len(rows)), place]] = np.inf
    return np.asarray(found, dtype=np.float64)


def _nearest_of_another(
    pool: Pool, rows: IdArray, units: IdArray, search: SearchSettings
) -> Float64Array:
    real = int(np.count_nonzero(pool.is_real))
    found = search.knn(
        pool.vectors[rows],
        pool.vectors[:real],
        1,
        query_groups=units[rows],
        reference_groups=units[:real],
    )
    return found.distances[:, 0]


def _mid_ranks(values: Float64Array, among: Float64Array, weights: Float64Array) -> Float64Array:
    """Weighted share of `among` below each value, equal ones counting half."""
    order = np.argsort(among)
    sums = np.concatenate([[0.0], np.cumsum(weights[order])]) / weights.sum()
    below, level = (np.searchsorted(among[order], values, side) for side in ("left", "right"))
    return np.asarray((sums[below] + sums[level]) / 2.0, dtype=np.float64)
