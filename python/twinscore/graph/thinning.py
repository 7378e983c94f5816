"""The nearest neighbor that is left when points are kept at random, averaged over all draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore._core import first_kept_shares
from twinscore.graph.neighbor_graph import NeighborGraph

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.neighbors.records import Neighbors

MOST_NODES = 32
"""Nodes of the quadrature over places in a tie; exact for ties of twice as many points."""


@dataclass(frozen=True, slots=True)
class OrderedNeighbors:
    """The neighbors of each point in order of distance, with the ties among them.

    Attributes
    ----------
    ids
        Shape (n, w), int64.
    starts
        Shape (n, w), int64: the place at which the tie begins that a place belongs to.
    further_rows, further_ids
        Shape (m,), int64: the point, and the neighbor that ties with the last of its list.
    further_counts
        Shape (m,), float64: how many such neighbors each of them stands for.
    tied
        Shape (t,), int64: places of ties of two or more, tie after tie; places count through
        `ids`, row by row, then `further_ids`.
    tie_offsets
        Where each tie begins in `tied`.
    """

    ids: IdArray
    starts: IdArray
    further_rows: IdArray
    further_ids: IdArray
    further_counts: Float64Array
    tied: IdArray
    tie_offsets: IdArray

    def first_kept(self, keep: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return the chance of each neighbor to be the nearest one that is kept.

        The neighbor at place l is it with t_l prod_{u<l} (1 - t_u). Points of a tie come in random
        order: the product over those in it is averaged over their orders, which is
        the integral of prod_u (1 - t_u (1 - x)) over x, the share of them that come before.

        Parameters
        ----------
        keep
            Shape (n,), in [0, 1]: t, the chance of each point to be kept, independent of others.

        Returns
        -------
        Shapes (n, w) and (m,), for `ids` and `further_ids`. The chances of a point sum to 1: they
        are those given that one of its neighbors here is kept; all 0 where none can be.
        """
        kept, further_kept = keep[self.ids], keep[self.further_ids]
        nearer_lost = np.ones_like(kept)
        np.cumprod(1.0 - kept[:, :-1], axis=1, out=nearer_lost[:, 1:])
        reached = np.take_along_axis(nearer_lost, self.starts, axis=1)
        chances = np.concatenate([kept.ravel(), further_kept])
        if len(self.tied):
            chances[self.tied] *= _comes_first(chances[self.tied], self.tie_offsets)
        listed = chances[: kept.size].reshape(kept.shape) * reached
        further = chances[kept.size :] * reached[self.further_rows, -1] * self.further_counts
        totals = listed.sum(axis=1) + np.bincount(self.further_rows, further, len(listed))
        scale = np.divide(1.0, totals, out=np.zeros_like(totals), where=totals > 0.0)
        return listed * scale[:, None], further * scale[self.further_rows]

    def shares(self, keep: Float64Array, is_other: BoolArray) -> Float64Array:
        """Return each point's chance that the nearest one kept is on the other side, shape (n,)."""
        listed, further = self.first_kept(keep)
        shares = (listed * is_other[self.ids]).sum(axis=1)
        if len(further):
            hits = further * is_other[self.further_ids]
            shares += np.bincount(self.further_rows, hits, minlength=len(shares))
        return np.asarray(shares, dtype=np.float64)

    def graph(self, keep: Float64Array) -> NeighborGraph:
        """Return the graph whose weights are the chances of `first_kept`; k is 1."""
        listed, further = self.first_kept(keep)
        points, width = self.ids.shape
        sources = np.concatenate([np.repeat(np.arange(points), width), self.further_rows])
        order = np.argsort(sources, kind="stable")
        targets = np.concatenate([self.ids.ravel(), self.further_ids])[order]
        weights = np.concatenate([listed.ravel(), further])[order]
        counts = np.bincount(sources, minlength=points)
        return NeighborGraph(np.concatenate([[0], np.cumsum(counts)]), targets, weights, 1)


def ordered_neighbors(neighbors: Neighbors) -> OrderedNeighbors:
    """Find the ties in lists of neighbors; equal distances are ties."""
    distances, ids = neighbors.distances, neighbors.ids
    points, width = ids.shape
    begins = np.ones(ids.shape, dtype=np.bool_)
    begins[:, 1:] = distances[:, 1:] != distances[:, :-1]
    places = np.where(begins, np.arange(width), 0)
    starts = np.maximum.accumulate(places, axis=1)
    listed_further = np.diff(neighbors.tie_offsets)
    further_rows = np.repeat(np.arange(points, dtype=np.int64), listed_further)
    stands_for = neighbors.further / np.maximum(listed_further, 1)

    numbers = np.cumsum(begins.ravel()) - 1
    number_of = np.concatenate([numbers, numbers.reshape(ids.shape)[further_rows, -1]])
    sizes = np.bincount(number_of)
    tied = np.flatnonzero(sizes[number_of] > 1)
    tied = tied[np.argsort(number_of[tied], kind="stable")]
    tie_offsets = np.flatnonzero(np.diff(number_of[tied], prepend=-1))
    return OrderedNeighbors(
        ids,
        starts,
        further_rows,
        neighbors.tie_ids,
        stands_for[further_rows],
        tied,
        tie_offsets,
    )


@dataclass(frozen=True, slots=True)
class FirstKept:
    """What reads the shares of many draws: points without ties in the core, the others here.

    Attributes
    ----------
    ids
        Shape (n, w), int64.
    tied_rows
        Shape (t,), int64: points with ties among their neighbors.
    tied
        The neighbors of these.
    """

    ids: IdArray
    tied_rows: IdArray
    tied: OrderedNeighbors

    def shares(self, keep: Float64Array, is_other: BoolArray, threads: int = 0) -> Float64Array:
        """As `OrderedNeighbors.shares`, to 1e-12."""
        shares = first_kept_shares(self.ids, keep, is_other.astype(np.uint8), threads)
        if len(self.tied_rows):
            shares[self.tied_rows] = self.tied.shares(keep, is_other)
        return shares


def first_kept(neighbors: Neighbors) -> FirstKept:
    """Prepare to read the shares of many draws."""
    ties = (neighbors.distances[:, 1:] == neighbors.distances[:, :-1]).any(axis=1)
    rows = np.flatnonzero(ties | (neighbors.further > 0))
    return FirstKept(neighbors.ids, rows, ordered_neighbors(neighbors.of(rows)))


def _comes_first(keep: Float64Array, offsets: IdArray) -> Float64Array:
    """Average over the orders of each tie: the chance that no point before a given one is kept."""
    sizes = np.diff(offsets, append=len(keep))
    tie_of = np.repeat(np.arange(len(offsets)), sizes)
    count = min(int(sizes.max() + 1) // 2, MOST_NODES)
    nodes, weights = np.polynomial.legendre.leggauss(count)
    first = np.zeros(len(keep))
    for node, weight in zip((1.0 + nodes) / 2.0, weights / 2.0, strict=True):
        lost = 1.0 - keep * (1.0 - node)
        first += weight * np.multiply.reduceat(lost, offsets)[tie_of] / lost
    # One of a tie is kept unless all are lost: puts right what few nodes leave of long ties.
    any_kept = 1.0 - np.multiply.reduceat(1.0 - keep, offsets)
    found = np.add.reduceat(keep * first, offsets)
    scale = np.divide(any_kept, found, out=np.ones_like(found), where=found > 0.0)
    return np.asarray(first * scale[tie_of], dtype=np.float64)
