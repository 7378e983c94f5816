"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, IdArray


@dataclass(frozen=True, slots=True)
class Neighbors:
    """The k nearest points of every query, ordered by (distance, id).

    Distances that agree to 1e-12 relative count as one distance and are reported as equal.

    Attributes
    ----------
    distances
        Shape (n, k), float64: squared Euclidean distances.
    ids
        Shape (n, k), int64: row numbers in the reference.
    tie_offsets, tie_ids
        The points as near as the k-th neighbor that found no place among the k:
        those of query i are ``tie_ids[tie_offsets[i]:tie_offsets[i + 1]]``, in order of id.
    tie_counts
        Shape (n,), int64: how many such points there are, where some lists are samples; None where
        all lists are complete. Sets of identical points make lists that no memory holds: where all
        of them together exceed 2^20 ids, the longest are cut to one length and hold points evenly
        spread over all that tie.
    """

    distances: Float64Array
    ids: IdArray
    tie_offsets: IdArray
    tie_ids: IdArray
    tie_counts: IdArray | None = None

    @property
    def further(self) -> IdArray:
        """Shape (n,), int64: points as near as the k-th neighbor without a place, listed or not."""
        return np.diff(self.tie_offsets) if self.tie_counts is None else self.tie_counts

    def first(self, k: int) -> Neighbors:
        """Return the answer of a search for the k nearest only.

        Parameters
        ----------
        k
            At most as many as were searched for.
        """
        points, searched = self.distances.shape
        if k == searched:
            return self
        later = self.distances[:, k:] == self.distances[:, k - 1 : k]
        spills = later[:, -1]
        listed = np.diff(self.tie_offsets)
        beyond = np.repeat(spills, listed)
        rows = np.concatenate([np.nonzero(later)[0], np.repeat(np.arange(points), listed)[beyond]])
        ids = np.concatenate([self.ids[:, k:][later], self.tie_ids[beyond]])
        order = np.argsort(rows, kind="stable")
        counts = np.count_nonzero(later, axis=1) + np.where(spills, listed, 0)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        tie_counts = None
        if self.tie_counts is not None:
            tie_counts = counts + np.where(spills, self.tie_counts - listed, 0)
        return Neighbors(self.distances[:, :k], self.ids[:, :k], offsets, ids[order], tie_counts)

    def of(self, rows: IdArray) -> Neighbors:
        """Return the neighbors of some of the points.

        Parameters
        ----------
        rows
            Shape (m,).
        """
        listed = np.diff(self.tie_offsets)[rows]
        offsets = np.concatenate([[0], np.cumsum(listed)]).astype(np.int64)
        places = np.arange(offsets[-1]) + np.repeat(self.tie_offsets[rows] - offsets[:-1], listed)
        counts = None if self.tie_counts is None else self.tie_counts[rows]
        return Neighbors(
            self.distances[rows], self.ids[rows], offsets, self.tie_ids[places], counts
        )
