"""Answers of one block of a reference, and how they become the answer of one search of all blocks.

Which distances count as one is decided from the nearest of all up: a near row of another block may
part what ties in this one. Shortlists keep every row that may matter, and distances as measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore._core import merge_shortlists, settle_shortlists
from twinscore.neighbors.records import Neighbors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import Float64Array, IdArray


@dataclass(frozen=True, slots=True)
class Shortlists:
    """For every query, the rows of some blocks that may be among its k nearest, or tie with them.

    Attributes
    ----------
    offsets
        Shape (n + 1,), int64: the list of query i is ``[offsets[i]:offsets[i + 1]]`` of the others.
        Where it is shorter than k, the blocks have no more to offer.
    distances
        Float64: squared distances as measured, ties not yet made equal.
    ids
        Int64: rows of the reference, by (distance, id) in each list.
    """

    offsets: IdArray
    distances: Float64Array
    ids: IdArray

    def limits(self, k: int) -> Float64Array:
        """Tell how far each k-th neighbor is at most; infinite where fewer are known.

        Returns
        -------
        Shape (n,).
        """
        limits = np.full(len(self.offsets) - 1, np.inf)
        known = np.diff(self.offsets) >= k
        limits[known] = self.distances[self.offsets[:-1][known] + k - 1]
        return limits

    def among(self, first: int, queries: int) -> Shortlists:
        """Return the lists of more queries, those of the others empty.

        Parameters
        ----------
        first
            The number of the first query among them.
        queries
            How many there are.
        """
        offsets = np.full(queries + 1, self.offsets[-1])
        offsets[: first + 1] = 0
        offsets[first : first + len(self.offsets)] = self.offsets
        return Shortlists(offsets, self.distances, self.ids)

    def settled(self, k: int) -> Neighbors:
        """Return the k nearest, with all that tie: what one search of all blocks finds.

        Raises
        ------
        ValueError
            A list holds fewer than k.
        """
        return Neighbors(*settle_shortlists((self.offsets, self.distances, self.ids), k))


def merged(parts: Sequence[Shortlists], k: int) -> Shortlists:
    """Merge lists of the same queries against different blocks: two or many, in any order.

    Parameters
    ----------
    parts
        Of equally many queries; no id is in two of them.
    k
        Neighbors wanted, the same for all parts.
    """
    lists = [(part.offsets, part.distances, part.ids) for part in parts]
    return Shortlists(*merge_shortlists(lists, k))
