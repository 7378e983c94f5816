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
    from twinscore.measures.nearest_real import NearestReal
    from twinscore.neighbors.records import Neighbors

NEAR = 0.05
"""Share of the real units that lie as near to another one, for what is usual there."""

MOST_ASKED = 64
"""Real images that are asked for to find one of a third unit."""

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
    near_shares
        Shape (u,): share of the images of each synthetic unit whose rank is below `NEAR`; 0 for
        real units.
    near
        Their mean over the synthetic units.
    expected
        The same for a perfect twin.
    units
        Real units compared with, and synthetic units.
    """

    ranks: Float64Array
    near_shares: Float64Array
    near: float
    expected: float
    units: tuple[int, int]

    def copied(self, on_domain: float, chosen: BoolArray | None = None) -> float:
        """Share of the synthetic units that are copies, given the share near reality at all.

        Of all, or of those chosen among the units.
        """
        near = self.near if chosen is None else float(self.near_shares[chosen].mean())
        return (near - self.expected * on_domain) / (1.0 - self.expected)

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
    nearest_real: NearestReal,
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
    across = _ratios(nearest_real.distances, real.first[nearest_real.ids])

    weights = 1.0 / np.bincount(units)[units]
    ranks = _mid_ranks(across, within, weights[:count])
    is_near = (ranks < NEAR).astype(np.float64)
    near = float(np.average(is_near, weights=weights[count:]))
    near_shares = np.zeros(int(units.max()) + 1)
    np.add.at(near_shares, units[count:], is_near * weights[count:])
    sizes = tuple(len(np.unique(side)) for side in (units[:count], units[count:]))
    expected = math.ceil(NEAR * sizes[0]) / (sizes[0] + 1)
    return Novelty(ranks, near_shares, near, expected, (sizes[0], sizes[1]))


@dataclass(frozen=True, slots=True)
class _NearestReal:
    """Of each real image, the nearest real one of another unit, and how far the second one is.

    `ids` are rows; distances are squared; the second one is of a third unit.
    """

    ids: IdArray
    first: Float64Array
    second: Float64Array

    @classmethod
    def of(
        cls, pool: Pool, units: IdArray, neighbors: Neighbors, search: SearchSettings
    ) -> _NearestReal:
        real = int(np.count_nonzero(pool.is_real))
        own = units[:real]
        fits = pool.is_real[neighbors.ids[:real]]
        ids, first, second = _first_two(
            neighbors.ids[:real], neighbors.distances[:real], fits, units
        )
        lacking = np.flatnonzero(np.isinf(second))
        if len(lacking):
            sizes = np.bincount(own)
            most = min(int(sizes.max()) + 1, MOST_ASKED, real - int(sizes.max()))
            found = search.knn(
                pool.vectors[lacking],
                pool.vectors[:real],
                most,
                query_groups=own[lacking],
                reference_groups=own,
            )
            everyone = np.ones(found.ids.shape, dtype=np.bool_)
            answers = _first_two(found.ids, found.distances, everyone, units, own[lacking])
            ids[lacking], first[lacking] = answers[:2]
            # Where a group fills the answer, the next unit is no nearer than its last image.
            second[lacking] = np.minimum(answers[2], found.distances[:, -1])
        return cls(ids, first, second)


def _first_two(
    ids: IdArray,
    distances: Float64Array,
    fits: BoolArray,
    units: IdArray,
    own: IdArray | None = None,
) -> tuple[IdArray, Float64Array, Float64Array]:
    """Nearest image of another unit, its distance, and that of the nearest of a third unit."""
    rows = np.arange(len(ids))
    own = units[: len(ids)] if own is None else own
    fits = fits & (units[ids] != own[:, None])
    place = np.argmax(fits, axis=1)
    nearest = ids[rows, place]
    first = np.where(fits[rows, place], distances[rows, place], np.inf)
    third = fits & (units[ids] != units[nearest][:, None])
    place = np.argmax(third, axis=1)
    return nearest, first, np.where(third[rows, place], distances[rows, place], np.inf)


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
