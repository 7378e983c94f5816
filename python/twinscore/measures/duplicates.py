"""Images that lie so near to each other that they must show the same thing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.measures.distance_gaps import gaps_of
from twinscore.measures.equal_points import pairs_beyond_lists
from twinscore.measures.links import linked
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray, PointMatrix
    from twinscore.neighbors.records import Neighbors

THINNING = 8
FEWEST_THINNED = 200

LEAST_SUPPORT = 0.1
"""Rows with a gap at the threshold, for each row whose whole list lies below it."""

KIND_SHARE = 0.03
MOST_CERTAIN_COPIES = 3
"""A cluster of more images than this, and a larger share of its side, is a kind of image."""


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
    equal
        The same by pairs of equal embeddings alone.
    """

    threshold: float
    pairs: IdArray
    clusters: IdArray
    equal: IdArray

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
    units: IdArray | None = None,
    *,
    seed: int,
    search: SearchSettings = EXACT,
) -> NearDuplicates:
    """Find pairs that lie below the gap between near-copies and everything else.

    Where near-copies end and other images begin, a gap is far too large for chance (see
    `Gaps`); the threshold is the middle of the step that separates the lower and upper ends of
    such gaps best. A pair that lies closer counts where the row that lists it goes on with a gap
    of its own, and equal points always do. Clusters larger than the list of neighbors show their
    gap in a thinned pool; lists that lie below the threshold as a whole count where enough gaps
    support it: those of a few stragglers say nothing of the others.

    Parameters
    ----------
    vectors
        Shape (n, d), float32 or float16.
    neighbors
        Of the pool, several per point, or of a pool that leaves each point's own group out.
    is_real
        Shape (n,).
    units
        Shape (n,), 0 .. u-1: groups that are left out. None: each point is its own.
    seed
        Of the thinning.
    search
        Backend and threads.
    """
    gaps = gaps_of(neighbors.distances, neighbors.ids)
    ends = [gaps.ends()]
    stands_for = [1]
    kept = len(vectors) // THINNING
    if kept >= FEWEST_THINNED:
        rows = np.random.default_rng(seed).permutation(len(vectors))[:kept]
        thinned = search.self_knn(vectors[rows], neighbors.distances.shape[1])
        ends.append(gaps_of(thinned.distances, thinned.ids).ends())
        stands_for.append(THINNING)
    threshold = _separating(np.concatenate(ends))
    support = sum(
        rows * int(np.count_nonzero((found[:, 0] <= threshold) & (threshold < found[:, 1])))
        for rows, found in zip(stands_for, ends, strict=True)
    )

    near = gaps.distances <= threshold
    is_whole = near.all(axis=1)
    counts = gaps.follow(near.sum(axis=1))
    counts &= ~is_whole | (support >= LEAST_SUPPORT * int(np.count_nonzero(is_whole)))
    near &= counts[:, None]
    is_equal = neighbors.distances == 0.0
    units = np.arange(len(vectors)) if units is None else units
    beyond = pairs_beyond_lists(neighbors, is_real, units)
    equal = np.concatenate([_listed(neighbors, is_equal), beyond])
    pairs = np.concatenate([_listed(neighbors, near | is_equal), beyond])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    by_pairs, by_equal = (
        linked(found[is_real[found[:, 0]] == is_real[found[:, 1]]], len(vectors))
        for found in (pairs, equal)
    )
    return NearDuplicates(threshold, pairs, by_pairs, by_equal)


def _listed(neighbors: Neighbors, chosen: BoolArray) -> IdArray:
    """Return rows and those neighbors of theirs that are chosen, shape (m, 2)."""
    rows, places = np.nonzero(chosen)
    return np.stack([rows, neighbors.ids[rows, places]], axis=1)


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
    labels = linked(np.concatenate(links), points)
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def without_kinds(duplicates: NearDuplicates, is_real: BoolArray) -> NearDuplicates:
    """Dissolve clusters that hold so much of a side that they are a kind of image, not copies.

    A few images of a rare kind far from all others look like copies of one: near to each other,
    far from the rest. Those with equal embeddings are copies, however many.

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
    clusters = np.where(is_kind, duplicates.equal, duplicates.clusters)
    return replace(duplicates, clusters=clusters)


def _separating(gaps: Float64Array) -> float:
    """Return a distance that has the least of the gaps on its wrong side.

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
    last = half + int(np.argmax(steps[half:]))
    # Some copies lie farther apart than those whose gaps prove that there are any.
    return float(np.sqrt(ends[last] * ends[last + 1]))
