"""Photographs that no render comes near, and which of them to render like first."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray, PointMatrix
    from twinscore.neighbors.settings import SearchSettings

REACHED_BY_TWIN = 0.9
"""Share of photographs that a perfect twin comes near by itself."""

FEWEST_NEIGHBORS, MOST_NEIGHBORS = 2, 50


@dataclass(frozen=True, slots=True)
class Surrounded:
    """Which photographs a render comes near, and which a render like each would come near.

    Attributes
    ----------
    rows
        Shape (n,): the photographs looked at, of each group the first; ascending.
    covered
        Shape (n,): whether a render is nearer than the k-th nearest other photograph.
    offsets, reached
        A render like photograph i of these comes near those at
        ``reached[offsets[i]:offsets[i + 1]]``, itself among them.
    """

    rows: IdArray
    covered: BoolArray
    offsets: IdArray
    reached: IdArray

    def greedy(self, allowed: BoolArray) -> Iterator[tuple[int, int]]:
        """Choose the photograph whose surroundings hold most uncovered ones, again and again.

        Parameters
        ----------
        allowed
            By row of the real side: photographs that may be chosen.

        Yields
        ------
        Row of the photograph, and how many more a render like it covers; until none are left.

        Notes
        -----
        Gains only shrink, so that one looked at again which still leads is the best (Minoux 1978);
        no other choice by polynomial effort covers surely more (Feige 1998).
        """
        covered = self.covered.copy()
        queue = [
            (-int(np.count_nonzero(~covered[self._reached_by(row)])), row)
            for row in np.flatnonzero(allowed[self.rows]).tolist()
        ]
        heapq.heapify(queue)
        while queue:
            _, row = heapq.heappop(queue)
            news = self._reached_by(row)
            gain = int(np.count_nonzero(~covered[news]))
            if gain == 0:
                continue
            if queue and (-gain, row) > queue[0]:
                heapq.heappush(queue, (-gain, row))
                continue
            covered[news] = True
            yield int(self.rows[row]), gain

    def _reached_by(self, row: int) -> IdArray:
        return self.reached[self.offsets[row] : self.offsets[row + 1]]


def surroundings_of_photographs(
    real: PointMatrix,
    synthetic: PointMatrix,
    search: SearchSettings,
    *,
    rows: IdArray | None = None,
    covered: BoolArray | None = None,
) -> Surrounded:
    """Find which photographs a render comes near.

    A render does where it is nearer than the k-th nearest other photograph, and has a photograph
    among its own k nearest images itself: else a set shrunken to the center of all photographs
    would come near to each. k is such that 90 % of the photographs have a render of a perfect twin.

    Parameters
    ----------
    real, synthetic
        Points of each side; of near-copies, such as frames of one clip, one.
    search
        Backend and threads.
    rows
        Shape (n,): rows of the real side that `real` holds; None: all.
    covered
        Shape (n,): where that is known already.
    """
    count = len(real)
    k = neighbor_count(count, len(synthetic))
    near = search.self_knn(real, k)
    targets = near.ids.ravel()
    order = np.argsort(targets, kind="stable")
    reaching = np.repeat(np.arange(count), near.ids.shape[1])[order]
    sizes = np.bincount(targets, minlength=count) + 1
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    reached = np.empty(offsets[-1], dtype=np.int64)
    reached[offsets[:-1]] = np.arange(count)
    others = np.ones(len(reached), dtype=np.bool_)
    others[offsets[:-1]] = False
    reached[others] = reaching
    if covered is None:
        covered = _covered(real, synthetic, near.distances[:, -1], k, search)
    return Surrounded(np.arange(count) if rows is None else rows, covered, offsets, reached)


def neighbor_count(own: int, other: int) -> int:
    """Return k: k own neighbors in a row, without one of the other side, are 10 % by chance."""
    share = own / (own + other)
    wanted = math.ceil(math.log(1.0 - REACHED_BY_TWIN) / math.log(share))
    return int(np.clip(wanted, FEWEST_NEIGHBORS, min(MOST_NEIGHBORS, max(own - 1, 1))))


def _covered(
    real: PointMatrix,
    synthetic: PointMatrix,
    reach: Float64Array,
    k: int,
    search: SearchSettings,
) -> BoolArray:
    to_real = search.knn(synthetic, real, 1).distances[:, 0]
    own = search.self_knn(synthetic, min(k, len(synthetic) - 1)).distances[:, -1]
    # With k renders nearer than the nearest photograph, none is among the k nearest.
    guarded = synthetic[to_real <= own]
    if not len(guarded):
        return np.zeros(len(real), dtype=np.bool_)
    return np.asarray(search.knn(real, guarded, 1).distances[:, 0] < reach, dtype=np.bool_)
