"""What a stream can say of the items just given: how real each of them looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors import knn
from twinscore.neighbors.prepared import PreparedReference
from twinscore.neighbors.ties import TIE_TOLERANCE, tied_equal

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix, IdArray
    from twinscore.neighbors.records import Neighbors

RECENT_SHARE = 1 / 8
FEWEST_RECENT = 1024
"""Arrivals are searched beside the arranged points until they outgrow both of these."""


@dataclass(frozen=True, slots=True)
class BatchAnswers:
    """How real each item of one batch looks, in the order of the batch.

    Attributes
    ----------
    real_share
        Shape (n,), float64: share of real images among the k nearest of the pool that holds the
        real images, the synthetic ones kept so far (this batch included) and the item itself.
        NaN for an item that was left out because it could not be read.
    distance_ratio
        Shape (n,), float64: distance to the nearest real image over distance to the nearest other
        synthetic one. Near 1 when mixed, large where the item gives itself away. It means most
        when both sides are about equally large. An exact copy of a real image has 0 (1 if of a
        synthetic one too); NaN where there is no other synthetic image yet.
    kept
        Shape (n,), bool: whether the item is kept in the reservoir for now.
    """

    real_share: Float64Array
    distance_ratio: Float64Array
    kept: BoolArray

    @classmethod
    def unknown(cls, count: int) -> BatchAnswers:
        """Return answers to be filled in."""
        return cls(np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, np.bool_))

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.kept)


class BatchSearch:
    """Searches both sides of the pool for batches, most of it arranged beforehand.

    Parameters
    ----------
    real
        Shape (n, d), float32; read in place.
    k
        Neighbors that count.
    threads
        None for all that the process may use.
    """

    def __init__(self, real: FloatMatrix, k: int, *, threads: int | None = None) -> None:
        self._k = k
        self._threads = threads
        self._real = PreparedReference(real, min(k, len(real)), threads=threads)
        self._arranged: PreparedReference | None = None
        self._arranged_serials = np.empty(0, dtype=np.int64)
        self._arranged_groups = np.empty(0, dtype=np.int64)

    def shares_and_ratios(
        self,
        queries: FloatMatrix,
        query_groups: IdArray,
        synthetic: FloatMatrix,
        groups: IdArray,
        serials: IdArray,
    ) -> tuple[Float64Array, Float64Array]:
        """Compare items with the pool.

        Parameters
        ----------
        queries
            Shape (n, d), float32, finite.
        query_groups
            Shape (n,), int64: synthetic points of the item's group are not eligible, the item
            itself among them.
        synthetic, groups, serials
            Of the m synthetic points of the pool.

        Returns
        -------
        real_share, distance_ratio
            As in `BatchAnswers`.
        """
        to_real = _Part.empty(len(queries), self._k)
        found = self._real.search(queries, min(self._k, len(self._real)))
        to_real.fill(np.arange(len(queries)), found)
        retired, recent = self._arrange(synthetic, groups, serials)
        parts = []
        if self._arranged is not None:
            parts.append(self._nearest_arranged(queries, query_groups, retired))
        if len(recent):
            parts.append(
                self._nearest_recent(queries, query_groups, synthetic[recent], groups[recent])
            )
        return _real_shares(to_real, parts, self._k), _ratios(to_real, parts)

    def _arrange(
        self, synthetic: FloatMatrix, groups: IdArray, serials: IdArray
    ) -> tuple[npt.NDArray[np.uint8], IdArray]:
        """Return which arranged points have left, and which points are not arranged."""
        recent = np.flatnonzero(np.isin(serials, self._arranged_serials, invert=True))
        if len(recent) > max(FEWEST_RECENT, RECENT_SHARE * len(serials)):
            self._arranged = PreparedReference(synthetic.copy(), self._k, threads=self._threads)
            self._arranged_serials = serials.copy()
            self._arranged_groups = groups.copy()
            recent = np.empty(0, dtype=np.int64)
        retired = np.isin(self._arranged_serials, serials, invert=True).astype(np.uint8)
        if retired.all():
            self._arranged = None
        return retired, recent

    def _nearest_arranged(
        self, queries: FloatMatrix, query_groups: IdArray, retired: npt.NDArray[np.uint8]
    ) -> _Part:
        arranged = self._arranged
        assert arranged is not None

        def search(rows: IdArray, wanted: int) -> Neighbors:
            return arranged.search(
                queries if len(rows) == len(queries) else queries[rows],
                wanted,
                query_groups=query_groups[rows],
                reference_groups=self._arranged_groups,
                retired=retired,
            )

        present = self._arranged_groups[retired == 0]
        return _nearest_available(search, query_groups, present, self._k)

    def _nearest_recent(
        self, queries: FloatMatrix, query_groups: IdArray, points: FloatMatrix, groups: IdArray
    ) -> _Part:
        def search(rows: IdArray, wanted: int) -> Neighbors:
            return knn(
                queries if len(rows) == len(queries) else queries[rows],
                points,
                wanted,
                query_groups=query_groups[rows],
                reference_groups=groups,
                threads=self._threads,
            )

        return _nearest_available(search, query_groups, groups, self._k)


def _nearest_available(
    search: Callable[[IdArray, int], Neighbors],
    query_groups: IdArray,
    groups: IdArray,
    k: int,
) -> _Part:
    """Ask for k neighbors, or for as many as a query has candidates."""
    distinct, counts = np.unique(groups, return_counts=True)
    place = np.minimum(np.searchsorted(distinct, query_groups), max(len(distinct) - 1, 0))
    own = np.zeros(len(query_groups), dtype=np.int64)
    if len(distinct):
        own = np.where(distinct[place] == query_groups, counts[place], 0)
    wanted = np.minimum(len(groups) - own, k)
    part = _Part.empty(len(query_groups), k)
    for count in np.unique(wanted[wanted > 0]).tolist():
        rows = np.flatnonzero(wanted == count)
        part.fill(rows, search(rows, count))
    return part


@dataclass(frozen=True, slots=True)
class _Part:
    """The k nearest points among a part of the pool.

    `distances`, shape (n, k), are squared, ascending, and infinite where there are no more points;
    `further` counts the points as near as the k-th that found no place.
    """

    distances: Float64Array
    further: IdArray

    @classmethod
    def empty(cls, rows: int, k: int) -> _Part:
        return cls(np.full((rows, k), np.inf), np.zeros(rows, dtype=np.int64))

    def fill(self, rows: IdArray, found: Neighbors) -> None:
        self.distances[rows, : found.distances.shape[1]] = found.distances
        self.further[rows] = found.further

    def tied_with(self, last: Float64Array) -> IdArray:
        """Count the points without a place that are as near as the given distances."""
        edge = self.distances[:, -1]
        return np.where((edge >= last) & (edge <= last * (1.0 + TIE_TOLERANCE)), self.further, 0)


def _real_shares(real: _Part, synthetic: list[_Part], k: int) -> Float64Array:
    """Share of real points among the k nearest of all parts, ties at the last place split."""
    parts = [real, *synthetic]
    joint = np.hstack([part.distances for part in parts])
    is_real = np.arange(joint.shape[1]) < k
    order = np.argsort(joint, axis=1, kind="stable")
    settled = tied_equal(np.take_along_axis(joint, order, axis=1))
    last = settled[:, k - 1]
    of_real = is_real[order]
    nearer = settled < last[:, None]
    tied = settled == last[:, None]
    places = k - nearer.sum(axis=1)
    all_tied = tied.sum(axis=1) + sum(part.tied_with(last) for part in parts)
    real_tied = (tied & of_real).sum(axis=1) + real.tied_with(last)
    shares = ((nearer & of_real).sum(axis=1) + places * real_tied / all_tied) / k
    return np.where(np.isfinite(last), shares, np.nan)


def _ratios(real: _Part, synthetic: list[_Part]) -> Float64Array:
    to_real = real.distances[:, 0]
    to_synthetic = np.full(len(to_real), np.inf)
    for part in synthetic:
        to_synthetic = np.minimum(to_synthetic, part.distances[:, 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.sqrt(to_real / to_synthetic)
    ratios[(to_real == 0.0) & (to_synthetic == 0.0)] = 1.0
    ratios[np.isinf(to_synthetic)] = np.nan
    return np.asarray(ratios)
