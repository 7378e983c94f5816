"""The neighbor graph: what is left of the images once everybody knows who is nearest to whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, IdArray
    from twinscore.neighbors.records import Neighbors


@dataclass(frozen=True)
class NeighborGraph:
    """A directed graph in compressed rows in which every point hands out the same weight, k.

    Attributes
    ----------
    offsets
        Shape (n + 1,), int64: the arcs of point i are at ``offsets[i]:offsets[i + 1]``.
    targets
        Shape (arcs,), int64: the neighbor each arc leads to.
    weights
        Shape (arcs,), float64: 1 for a whole neighbor, less where neighbors share a place.
    k
        Sum of the weights of each point's arcs.
    """

    offsets: IdArray
    targets: IdArray
    weights: Float64Array
    k: int

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.offsets) - 1

    @property
    def sources(self) -> IdArray:
        """Shape (arcs,), int64: the point each arc starts from."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.offsets))

    @property
    def in_weights(self) -> Float64Array:
        """Shape (n,), float64: how much neighbor each point is to the others."""
        weights = np.bincount(self.targets, self.weights, minlength=len(self))
        # Without a single arc, bincount counts in integers.
        return np.asarray(weights, dtype=np.float64)

    @cached_property
    def reverse_weights(self) -> Float64Array:
        """Shape (arcs,), float64: weight of the arc back, 0 where there is none."""
        points, sources = len(self), self.sources
        forward = sources * points + self.targets
        backward = self.targets * points + sources
        # Both in order: to look for one after the other at random places takes ten times as long.
        order, back_order = np.argsort(forward), np.argsort(backward)
        forward, backward = forward[order], backward[back_order]
        place = np.minimum(np.searchsorted(forward, backward), len(forward) - 1)
        weights = np.zeros(len(forward))
        weights[back_order] = np.where(forward[place] == backward, self.weights[order[place]], 0.0)
        return weights


def graph_of(neighbors: Neighbors, k: int | None = None) -> NeighborGraph:
    """Split ties at the k-th place.

    Points strictly nearer than the k-th neighbor count whole; all that are as near as the k-th
    share the places that are left in equal parts, whether listed among the k or not. Where the list
    of ties is a sample, those in it stand for all.

    Parameters
    ----------
    neighbors
        The answer of a neighbor search over one pool.
    k
        Use the first k neighbors only. None: all.
    """
    points, searched = neighbors.distances.shape
    k = searched if k is None else k
    limit = neighbors.distances[:, k - 1 : k]
    nearer = neighbors.distances < limit
    tied = neighbors.distances == limit
    # A tie that reaches past the last neighbor searched for goes on in the list of ties.
    reaches_past = tied[:, -1]
    overflow = np.where(reaches_past, np.diff(neighbors.tie_offsets), 0)
    further = np.where(reaches_past, neighbors.further, 0)
    share = (k - nearer.sum(axis=1)) / (tied.sum(axis=1) + further)
    # A complete list keeps the bits of its share.
    share_of_listed = np.where(
        further == overflow, share, share * further / np.maximum(overflow, 1)
    )

    listed = nearer | tied
    offsets = np.concatenate([[0], np.cumsum(listed.sum(axis=1) + overflow)]).astype(np.int64)
    # Places after the last one listed anywhere would only take memory.
    width = int(np.flatnonzero(listed.any(axis=0)).max(initial=-1)) + 1
    listed, tied = listed[:, :width], tied[:, :width]
    targets = neighbors.ids[:, :width][listed]
    weights = np.where(tied, share[:, None], 1.0)[listed]
    if not overflow.any():
        return NeighborGraph(offsets, targets, weights, k)
    in_overflow = np.repeat(reaches_past, np.diff(neighbors.tie_offsets))
    sources = np.concatenate([np.nonzero(listed)[0], np.repeat(np.arange(points), overflow)])
    targets = np.concatenate([targets, neighbors.tie_ids[in_overflow]])
    weights = np.concatenate([weights, np.repeat(share_of_listed, overflow)])
    order = np.argsort(sources, kind="stable")
    return NeighborGraph(offsets, targets[order], weights[order], k)


def mean_graph(graphs: list[NeighborGraph]) -> NeighborGraph:
    """Average graphs over the same points, arc by arc."""
    return _weighted_sum(graphs, [1.0 / len(graphs)] * len(graphs), graphs[0].k)


def blend(graph: NeighborGraph, other: NeighborGraph, share: float) -> NeighborGraph:
    """Give a share of the weight of each arc to the arcs of another graph over the same points."""
    return _weighted_sum([graph, other], [1.0 - share, share * graph.k / other.k], graph.k)


def _weighted_sum(graphs: list[NeighborGraph], factors: list[float], k: int) -> NeighborGraph:
    points = len(graphs[0])
    arcs = np.concatenate([graph.sources * points + graph.targets for graph in graphs])
    weights = np.concatenate(
        [factor * graph.weights for factor, graph in zip(factors, graphs, strict=True)]
    )
    distinct, position = np.unique(arcs, return_inverse=True)
    sums = np.bincount(position, weights, minlength=len(distinct)).astype(np.float64)
    sources, targets = np.divmod(distinct, points)
    degrees = np.bincount(sources, minlength=points)
    offsets = np.concatenate([[0], np.cumsum(degrees)]).astype(np.int64)
    return NeighborGraph(offsets, targets, sums, k)
