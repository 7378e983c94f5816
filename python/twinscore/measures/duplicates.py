"""Images that lie so near to each other that they must show the same thing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray, PointMatrix
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

THINNING = 8
FEWEST_THINNED = 200
LEAST_RATIO = 1.5
"""Of the distances above and below a gap: where the density falls by itself, less is surprising."""

KIND_SHARE = 0.03
MOST_CERTAIN_COPIES = 3
"""A cluster of more images than this, and a larger share of its side, is a kind of image."""

CHANCE = 0.01
"""Chance of a false alarm in a whole pool of independent images."""


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Pairs of images nearer to each other than independent images come.

    Attributes
    ----------
    threshold
        Euclidean distance up to which a pair counts; 0 where only equal embeddings do.
    pairs
        Shape (m, 2), int64: rows of the pool, first < second.
    clusters
        Shape (n,), int64: the smallest row that a row is linked to by pairs of its own side.
    """

    threshold: float
    pairs: IdArray
    clusters: IdArray

    def counts(self, is_real: BoolArray) -> dict[str, float | int]:
        """Count the images in pairs within and across sides, for `ScoreResult.near_duplicates`."""
        sides = is_real[self.pairs].sum(axis=1)
        return {
            "threshold": self.threshold,
            "real": len(np.unique(self.pairs[sides == 2])),
            "synthetic": len(np.unique(self.pairs[sides == 0])),
            "across": len(np.unique(self.pairs[sides == 1])),
        }


def near_duplicates(
    vectors: PointMatrix,
    neighbors: Neighbors,
    is_real: BoolArray,
    *,
    seed: int,
    search: SearchSettings = EXACT,
) -> NearDuplicates:
    """Find pairs that lie below the gap between near-copies and everything else.

    Around a point of a smooth density in m dimensions, the j-th gap j m ln(d_{j+1} / d_j) of its
    sorted distances is an exponential variable of mean 1, independent of the others (Renyi
    1953). Where near-copies end and other images begin, a gap is far too large for that; the
    threshold is the distance that separates the lower and upper ends of such gaps best. Clusters
    larger than the list of neighbors show their gap in a thinned pool.

    Parameters
    ----------
    vectors
        Shape (n, d), float32 or float16.
    neighbors
        Of the pool, several per point, or of a pool that leaves each point's own group out.
    is_real
        Shape (n,).
    seed
        Of the thinning.
    search
        Backend and threads.
    """
    gaps = [_gaps(np.sqrt(neighbors.distances))]
    kept = len(vectors) // THINNING
    if kept >= FEWEST_THINNED:
        rows = np.random.default_rng(seed).permutation(len(vectors))[:kept]
        thinned = search.self_knn(vectors[rows], neighbors.distances.shape[1])
        gaps.append(_gaps(np.sqrt(thinned.distances)))
    threshold = _separating(np.concatenate(gaps))

    near = neighbors.distances <= threshold**2
    near &= _followed_by_gap(neighbors.distances, near)[:, None]
    first, place = np.nonzero(near)
    pairs = np.stack([first, neighbors.ids[first, place]], axis=1)
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    same_side = is_real[pairs[:, 0]] == is_real[pairs[:, 1]]
    return NearDuplicates(threshold, pairs, _linked(pairs[same_side], len(vectors)))


def copies_p_value(duplicates: NearDuplicates, pool: Pool) -> float:
    """Return how often relabelled units have as many near-duplicates across the sides.

    Of near-duplicates, disjoint pairs of units are looked at, the first ones in order of rows.
    With labels exchangeable each crosses with the same probability; the crossings of disjoint
    pairs repel each other, so that the binomial tail is an upper bound.
    """
    units, unit_is_real = pool.units, pool.unit_is_real
    taken = np.zeros(len(unit_is_real), dtype=np.bool_)
    pairs = crossing = 0
    for first, second in units[duplicates.pairs].tolist():
        if first == second or taken[first] or taken[second]:
            continue
        taken[[first, second]] = True
        pairs += 1
        crossing += bool(unit_is_real[first] != unit_is_real[second])
    count, real = len(unit_is_real), int(np.count_nonzero(unit_is_real))
    chance = 2.0 * real * (count - real) / (count * (count - 1.0))
    return _binomial_tail(pairs, crossing, chance)


def _binomial_tail(trials: int, least: int, chance: float) -> float:
    """Probability of at least so many successes."""
    if least == 0 or chance >= 1.0:
        return 1.0
    numbers = np.arange(trials + 1)
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(numbers[1:], 1)))])
    logarithms = (
        factorials[-1]
        - factorials
        - factorials[::-1]
        + numbers * math.log(chance)
        + (trials - numbers) * math.log1p(-chance)
    )
    return min(float(np.exp(logarithms[least:]).sum()), 1.0)


def merged_groups(duplicates: NearDuplicates, groups: IdArray | None) -> IdArray:
    """Make each cluster a group, and one group of all that clusters and groups link.

    Returns
    -------
    Shape (n,), 0 .. g-1, in the order of their first rows.
    """
    points = len(duplicates.clusters)
    links = [np.stack([duplicates.clusters, np.arange(points)], axis=1)]
    if groups is not None:
        first_rows = np.unique(groups, return_index=True)[1]
        links.append(np.stack([first_rows[groups], np.arange(points)], axis=1))
    labels = _linked(np.concatenate(links), points)
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def without_kinds(duplicates: NearDuplicates, is_real: BoolArray) -> NearDuplicates:
    """Dissolve clusters that hold so much of a side that they are a kind of image, not copies.

    A few images of a rare kind far from all others look like copies of one: near to each other,
    far from the rest.

    Parameters
    ----------
    duplicates
        Of a pool.
    is_real
        Shape (n,).
    """
    sides = np.bincount(is_real.astype(np.int64), minlength=2)[is_real.astype(np.int64)]
    sizes = np.bincount(duplicates.clusters, minlength=len(is_real))[duplicates.clusters]
    is_kind = (sizes > MOST_CERTAIN_COPIES) & (sizes > KIND_SHARE * sides)
    clusters = np.where(is_kind, np.arange(len(is_real)), duplicates.clusters)
    return replace(duplicates, clusters=clusters)


def intrinsic_dimension(distances: Float64Array) -> float:
    """Dimension in which the gaps of sorted distances have the median of an exponential.

    Parameters
    ----------
    distances
        Shape (n, k), Euclidean, ascending per row; zeros are left out.
    """
    places = np.arange(1, distances.shape[1])
    lower, upper = distances[:, :-1], distances[:, 1:]
    seen = lower > 0.0
    logarithms = np.log(upper[seen] / lower[seen]) * np.broadcast_to(places, lower.shape)[seen]
    median = float(np.median(logarithms)) if len(logarithms) else 0.0
    return math.log(2.0) / median if median > 0.0 else math.inf


def _gaps(distances: Float64Array) -> Float64Array:
    """Return the lower and upper ends, shape (m, 2), of all gaps too large for chance."""
    points, listed = distances.shape
    dimension = intrinsic_dimension(distances)
    if listed < 2 or math.isinf(dimension):
        return np.empty((0, 2))
    lower, upper = distances[:, :-1], distances[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = np.arange(1, listed) * dimension * np.log(upper / lower)
    large = surprise > math.log(points * (listed - 1) / CHANCE)
    large &= (lower > 0.0) & (upper >= LEAST_RATIO * lower)
    return np.stack([lower[large], upper[large]], axis=1)


def _followed_by_gap(squared: Float64Array, near: BoolArray) -> BoolArray:
    """Whether the near neighbors of a row end in a gap of its own, or go on beyond its list.

    In a dense place everything lies below a distance that separates elsewhere.
    """
    counts = near.sum(axis=1)
    inside = (counts > 0) & (counts < squared.shape[1])
    rows = np.flatnonzero(inside)
    found = counts == squared.shape[1]
    last, following = squared[rows, counts[rows] - 1], squared[rows, counts[rows]]
    found[rows] = following >= LEAST_RATIO**2 * last
    return np.asarray(found, dtype=np.bool_)


def _separating(gaps: Float64Array) -> float:
    """Return the distance that has the least of the gaps on its wrong side.

    A gap counts by its ratio: the copies of one image make small gaps in the lists of others.
    """
    if not len(gaps):
        return 0.0
    weights = np.log(gaps[:, 1] / gaps[:, 0])
    by_lower, by_upper = np.argsort(gaps[:, 0]), np.argsort(gaps[:, 1])
    candidates = gaps[by_lower, 0]
    above = weights.sum() - np.cumsum(weights[by_lower])
    places = np.searchsorted(gaps[by_upper, 1], candidates)
    below = np.concatenate([[0.0], np.cumsum(weights[by_upper])])[places]
    best = int(np.argmin(above + below))
    # A few gaps among the copies' neighbors may lie far above the copies, at no cost: the copies
    # end at the widest step in the upper half of the lower ends.
    ends = np.append(candidates[: best + 1], gaps[by_upper[places[best] :][:1], 1])
    steps = np.diff(np.log(ends))
    half = len(steps) // 2
    return float(ends[half + np.argmax(steps[half:])])


def _linked(pairs: IdArray, points: int) -> IdArray:
    """Label each row by the smallest row it is linked to."""
    labels = np.arange(points, dtype=np.int64)
    while True:
        before = labels.copy()
        smallest = np.minimum(labels[pairs[:, 0]], labels[pairs[:, 1]])
        for column in (0, 1):
            np.minimum.at(labels, pairs[:, column], smallest)
            np.minimum.at(labels, before[pairs[:, column]], smallest)
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels
