"""The nearest points of a part of a pool, less those that are the item itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import TIE_TOLERANCE
from twinscore.neighbors.ties import tied_equal

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.neighbors.records import Neighbors

    Search = Callable[[IdArray, int], Neighbors]

NOBODY = -1

CELLS_AT_ONCE = 1 << 22
"""Neighbors listed in one search: an item with many copies takes long lists."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The k nearest points among a part of a pool.

    Attributes
    ----------
    distances
        Shape (n, k), squared, ascending; infinite where there are no more points.
    further
        Shape (n,): points as near as the k-th that found no place.
    """

    distances: Float64Array
    further: IdArray

    @classmethod
    def nobody(cls, rows: int, k: int) -> Nearest:
        """Return lists to be filled in."""
        return cls(np.full((rows, k), np.inf), np.zeros(rows, dtype=np.int64))

    def fill(self, rows: IdArray, found: Neighbors) -> None:
        """Enter the answers of a search for some rows."""
        self.distances[rows, : found.distances.shape[1]] = found.distances
        self.further[rows] = found.further

    def tied_with(self, last: Float64Array) -> IdArray:
        """Count the points without a place that are as near as the given distances."""
        edge = self.distances[:, -1]
        return np.where((edge >= last) & (edge <= last * (1.0 + TIE_TOLERANCE)), self.further, 0)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Points of a part of a pool that may be neighbors.

    Attributes
    ----------
    search
        Finds so many nearest points of some of the items, those of the item's group left out.
    groups, serials
        Shape (m,): of the points, as the ids of a search number them.
    present
        Shape (m,): whether a point counts.
    """

    search: Search
    groups: IdArray
    serials: IdArray
    present: BoolArray


@dataclass(frozen=True, slots=True)
class Items:
    """Who asks.

    Attributes
    ----------
    groups
        Shape (n,): points of the item's group are no neighbors.
    known_as
        Shape (n,): serial of the point that the item was before, or `NOBODY`.
    """

    groups: IdArray
    known_as: IdArray


def nearest_others(items: Items, candidates: Candidates, k: int) -> Nearest:
    """Find the k nearest points of each item, or all there are, that are not the item itself.

    The item itself is the point it was before, and every point with the very same values: how
    often an item has been seen says nothing about it.
    """
    nearest = Nearest.nobody(len(items.groups), k)
    available = _available(items.groups, candidates.groups[candidates.present])
    wanted = np.minimum(available, k + (items.known_as != NOBODY))
    pending = np.flatnonzero(wanted > 0)
    while len(pending):
        short = []
        for count in np.unique(wanted[pending]).tolist():
            alike = pending[wanted[pending] == count]
            step = max(1, CELLS_AT_ONCE // count)
            for start in range(0, len(alike), step):
                rows = alike[start : start + step]
                found = candidates.search(rows, count)
                own = _OwnPoints.among(found, candidates.serials, items.known_as[rows])
                lacks = (count - own.listed.sum(axis=1) < k) & (count < available[rows])
                _fill(nearest, rows[~lacks], found, own, ~lacks)
                wanted[rows[lacks]] = np.minimum(available[rows], k + own.count)[lacks]
                short.append(rows[lacks])
        pending = np.concatenate(short)
    return nearest


def real_shares(real: Nearest, synthetic: list[Nearest], k: int) -> Float64Array:
    """Share of real points among the k nearest of all parts, ties at the last place split.

    NaN where there are fewer than k synthetic points: a share of 0 could not be.
    """
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
    n_synthetic = np.isfinite(joint[:, k:]).sum(axis=1)
    return np.where(np.isfinite(last) & (n_synthetic >= k), shares, np.nan)


def _available(items: IdArray, points: IdArray) -> IdArray:
    """Count the points that are not of the item's group."""
    distinct, counts = np.unique(points, return_counts=True)
    if len(distinct) == 0:
        return np.zeros(len(items), dtype=np.int64)
    place = np.minimum(np.searchsorted(distinct, items), len(distinct) - 1)
    return len(points) - np.where(distinct[place] == items, counts[place], 0)


@dataclass(frozen=True, slots=True)
class _OwnPoints:
    """Which of the points found are the item itself.

    `listed`, shape (n, found), are those in the list; `tied`, shape (n,), counts those among its
    ties beyond; `count`, shape (n,), is what a search must find beyond k to be sure of k others.
    """

    listed: BoolArray
    tied: IdArray
    count: IdArray

    @classmethod
    def among(cls, found: Neighbors, serials: IdArray, known_as: IdArray) -> _OwnPoints:
        is_copy = found.distances == 0.0
        ties = np.diff(found.tie_offsets)
        copies_tied = np.where(is_copy[:, -1], found.further, 0)
        asker = np.repeat(known_as, ties)
        row = np.repeat(np.arange(len(ties)), ties)
        is_known = (serials[found.tie_ids] == asker) & (asker != NOBODY)
        known_tied = np.bincount(row[is_known], minlength=len(ties))
        known_listed = (serials[found.ids] == known_as[:, None]) & (known_as != NOBODY)[:, None]
        return cls(
            is_copy | known_listed,
            np.where(is_copy[:, -1], found.further, known_tied),
            is_copy.sum(axis=1) + copies_tied + (known_as != NOBODY),
        )


def _fill(
    nearest: Nearest, rows: IdArray, found: Neighbors, own: _OwnPoints, chosen: BoolArray
) -> None:
    """Enter what is left of lists without the items themselves."""
    k = nearest.distances.shape[1]
    distances = np.where(own.listed, np.inf, found.distances)[chosen]
    others = np.sort(distances, axis=1)
    width = min(k, others.shape[1])
    nearest.distances[rows, :width] = others[:, :width]
    if width < k:
        return
    last = others[:, k - 1]
    unlisted = np.where(found.distances[chosen, -1] == last, (found.further - own.tied)[chosen], 0)
    is_tied = (others[:, k:] == last[:, None]) & np.isfinite(last)[:, None]
    nearest.further[rows] = is_tied.sum(axis=1) + unlisted
