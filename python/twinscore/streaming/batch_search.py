"""Batches compared with both sides of a pool, most of it arranged beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors import knn
from twinscore.neighbors.prepared import PreparedReference
from twinscore.streaming.nearest_others import (
    Candidates,
    Items,
    Nearest,
    nearest_others,
    real_shares,
)
from twinscore.streaming.real_spacing import RealSpacing

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix, IdArray
    from twinscore.neighbors.records import Neighbors

RECENT_SHARE = 1 / 8
FEWEST_RECENT = 1024
"""Arrivals are searched beside the arranged points until they outgrow both of these."""


class BatchSearch:
    """Searches both sides of the pool for batches.

    Parameters
    ----------
    real
        Shape (n, d), float32; read in place.
    real_groups
        Shape (n,), int64: images of one group are no neighbors of each other.
    k
        Neighbors that count.
    threads
        None for all that the process may use.
    """

    def __init__(
        self, real: FloatMatrix, real_groups: IdArray, k: int, *, threads: int | None = None
    ) -> None:
        self._k = k
        self._threads = threads
        self._real = PreparedReference(real, min(k, len(real)), threads=threads)
        self._spacing = RealSpacing(real, real_groups, threads=threads)
        self._arranged: PreparedReference | None = None
        self._arranged_serials = np.empty(0, dtype=np.int64)
        self._arranged_groups = np.empty(0, dtype=np.int64)

    def shares_and_ratios(
        self,
        queries: FloatMatrix,
        items: Items,
        synthetic: FloatMatrix,
        groups: IdArray,
        serials: IdArray,
    ) -> tuple[Float64Array, Float64Array]:
        """Compare items with the pool.

        Parameters
        ----------
        queries
            Shape (n, d), float32, finite.
        items
            Their groups, and what they were before.
        synthetic, groups, serials
            Of the m synthetic points of the pool.

        Returns
        -------
        real_share, distance_ratio
            As in `BatchAnswers`.
        """
        found = self._real.search(queries, min(self._k, len(self._real)))
        to_real = Nearest.nobody(len(queries), self._k)
        to_real.fill(np.arange(len(queries)), found)
        is_present, recent = self._arrange(synthetic, groups, serials)
        parts = [
            self._nearest_arranged(queries, items, is_present),
            self._nearest_recent(
                queries, items, synthetic[recent], groups[recent], serials[recent]
            ),
        ]
        shares = real_shares(to_real, parts, self._k)
        return shares, self._spacing.ratios(found.distances[:, 0], found.ids[:, 0])

    def _arrange(
        self, synthetic: FloatMatrix, groups: IdArray, serials: IdArray
    ) -> tuple[BoolArray, IdArray]:
        """Return which arranged points are still there, and which points are not arranged."""
        recent = np.flatnonzero(np.isin(serials, self._arranged_serials, invert=True))
        if len(recent) > max(FEWEST_RECENT, RECENT_SHARE * len(serials)):
            self._arranged = PreparedReference(synthetic.copy(), self._k, threads=self._threads)
            self._arranged_serials = serials.copy()
            self._arranged_groups = groups.copy()
            recent = np.empty(0, dtype=np.int64)
        is_present = np.isin(self._arranged_serials, serials)
        if not is_present.any():
            self._arranged = None
        return is_present, recent

    def _nearest_arranged(
        self, queries: FloatMatrix, items: Items, is_present: BoolArray
    ) -> Nearest:
        arranged = self._arranged
        retired = (~is_present).astype(np.uint8)

        def search(rows: IdArray, wanted: int) -> Neighbors:
            assert arranged is not None
            return arranged.search(
                queries if len(rows) == len(queries) else queries[rows],
                wanted,
                query_groups=items.groups[rows],
                reference_groups=self._arranged_groups,
                retired=retired,
            )

        candidates = Candidates(search, self._arranged_groups, self._arranged_serials, is_present)
        return nearest_others(items, candidates, self._k)

    def _nearest_recent(
        self,
        queries: FloatMatrix,
        items: Items,
        points: FloatMatrix,
        groups: IdArray,
        serials: IdArray,
    ) -> Nearest:
        def search(rows: IdArray, wanted: int) -> Neighbors:
            return knn(
                queries if len(rows) == len(queries) else queries[rows],
                points,
                wanted,
                query_groups=items.groups[rows],
                reference_groups=groups,
                threads=self._threads,
            )

        candidates = Candidates(search, groups, serials, np.ones(len(points), dtype=np.bool_))
        return nearest_others(items, candidates, self._k)
