"""Whether the tightest pairs of images cross the sides more often than chance lets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.measures.equal_points import equal_clusters, first_of_another
from twinscore.measures.unit_graphs import sides_grouped_alike
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

MOST_PAIRS = 2_000
FEWEST_PAIRS = 4
RELABELLINGS = 999
LABELS_AT_ONCE = 2_000_000


def copies_p_value(
    neighbors: Neighbors, pool: Pool, *, seed: int, search: SearchSettings = EXACT
) -> float:
    """Return how often relabelled units have so many of their tightest pairs across the sides.

    Copies of real images, and scenes that both sides show, are pairs of points nearest to each
    other and near beside what else lies around them. Of disjoint pairs in the order of that
    ratio, the first ones cross the sides; how many are the first ones is not known, so the
    largest excess over chance among all numbers of first pairs is taken. Pairs are found
    without looking at labels: relabelling is exact. Where the groups of one side are larger, how
    near a group comes to others tells its side: one random member of each is looked at then.

    Parameters
    ----------
    neighbors
        Of the pool, several per point.
    pool
        Both sides; its groups must not rest on labels.
    seed
        Of the relabellings, and of members.
    search
        Of the pool of these.
    """
    random = np.random.default_rng(seed)
    of_ties, of_members = random.spawn(2)
    is_real, units = pool.unit_is_real, pool.units
    if not sides_grouped_alike(np.bincount(units), is_real):
        members = pool.vectors[pool.draw(of_members)]
        width = min(neighbors.distances.shape[1], len(members) - 1)
        neighbors, units = search.self_knn(members, width), np.arange(len(members))
    pairs = _tightest_pairs(neighbors, units, of_ties)
    if len(pairs) < FEWEST_PAIRS:
        return 1.0
    count, real = len(is_real), int(np.count_nonzero(is_real))
    chance = 2.0 * real * (count - real) / (count * (count - 1.0))
    seen = float(_largest_excess(is_real[pairs[:, 0]] != is_real[pairs[:, 1]], chance))
    as_large, width = 0, 2 * len(pairs)
    at_once = max(LABELS_AT_ONCE // width, 1)
    for start in range(0, RELABELLINGS, at_once):
        rows = min(at_once, RELABELLINGS - start)
        reals = random.hypergeometric(real, count - real, width, size=rows)
        labels = random.permuted(np.arange(width) < reals[:, None], axis=1)
        crossing = labels[:, : len(pairs)] != labels[:, len(pairs) :]
        as_large += int(np.count_nonzero(_largest_excess(crossing, chance) >= seen - 1e-9))
    return (1 + as_large) / (1 + RELABELLINGS)


def _tightest_pairs(neighbors: Neighbors, units: IdArray, random: np.random.Generator) -> IdArray:
    """Pair units whose points are nearest to each other, shape (m, 2), the tightest pairs first.

    What ties is in a random order: in that of rows, real points would come first.
    """
    ranks = random.permutation(len(units))
    distances, nearest = np.sqrt(neighbors.distances), _nearest(neighbors, units, ranks)
    points = np.arange(len(nearest))
    first = np.flatnonzero((nearest[nearest] == points) & (points < nearest))
    first = first[np.argsort(ranks[first])]
    second = nearest[first]
    around = np.sqrt(distances[first, -1] * distances[second, -1])
    tightness = np.divide(distances[first, 0], around, out=np.zeros(len(first)), where=around > 0.0)
    taken = np.zeros(int(units.max()) + 1, dtype=np.bool_)
    pairs = []
    order = np.argsort(tightness, kind="stable")
    for pair in np.stack([units[first], units[second]], axis=1)[order].tolist():
        if pair[0] == pair[1] or taken[pair].any():
            continue
        taken[pair] = True
        pairs.append(pair)
        if len(pairs) == MOST_PAIRS:
            break
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _nearest(neighbors: Neighbors, units: IdArray, ranks: IdArray) -> IdArray:
    """Nearest point of each, the one of least rank where several are as near."""
    distances, ids = neighbors.distances, neighbors.ids
    tied = distances == distances[:, :1]
    places = np.where(tied, ranks[ids], len(ids)).argmin(axis=1)
    nearest = np.take_along_axis(ids, places[:, None], axis=1)[:, 0]
    if not (distances[:, -1] == 0.0).any():
        return nearest
    # Of a cluster of equal points that is larger than the lists, they hold the first rows only.
    chosen = first_of_another(equal_clusters(neighbors), np.argsort(ranks), units)
    return np.where((distances[:, 0] == 0.0) & (chosen >= 0), chosen, nearest)


def _largest_excess(crossing: BoolArray, chance: float) -> Float64Array:
    """Largest standardised excess of crossings among the first pairs, over the last axis."""
    counts = np.cumsum(crossing, axis=-1, dtype=np.float64)
    numbers = np.arange(1, crossing.shape[-1] + 1)
    # One more in the variance keeps the first few pairs from deciding alone.
    excess = (counts - chance * numbers) / np.sqrt(chance * (1.0 - chance) * numbers + 1.0)
    return np.asarray(excess[..., FEWEST_PAIRS - 1 :].max(axis=-1), dtype=np.float64)
