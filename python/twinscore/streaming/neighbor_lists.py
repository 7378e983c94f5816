"""The neighbor graph of a pool that changes: only what a change touches is searched again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import TIE_TOLERANCE
from twinscore.graph.neighbor_graph import NeighborGraph, graph_of
from twinscore.neighbors import knn, self_knn
from twinscore.neighbors.prepared import pair_distances
from twinscore.neighbors.put_together import with_rows
from twinscore.neighbors.records import Neighbors
from twinscore.neighbors.ties import tied_equal

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix, IdArray

SPARE = 4
"""Neighbors kept beyond those wanted: as many may leave before a list is searched again."""

REBUILT_FROM = 1 / 8
"""Share of changed points from which on one search of the whole pool is the quicker way."""

NOBODY = -1


class NeighborLists:
    """Lists of the nearest points of every point of a pool, kept true while points come and go.

    A list is *complete* up to a distance: every eligible point nearer than that is in it. A list
    that is complete beyond its k-th neighbor, ties included, yields the same neighbors as a search
    of the whole pool. Points that leave are struck out and points that come are offered to every
    list; only lists that are no longer complete beyond the last neighbor wanted are searched anew.

    Parameters
    ----------
    k
        Neighbors that every point must have.
    reach
        Neighbors wanted where there are as many candidates; at least k.
    threads
        None for all that the process may use.
    """

    def __init__(self, k: int, reach: int, *, threads: int | None = None) -> None:
        self._k = k
        self._most = reach
        self.reach = reach
        self._threads = threads
        self._width = reach + SPARE
        self._serials = np.empty(0, dtype=np.int64)
        self._distances = np.empty((0, self._width))
        self._neighbors = np.empty((0, self._width), dtype=np.int64)
        self._complete = np.empty(0)
        self._flooded: tuple[IdArray, Neighbors] | None = None
        self.searched = 0

    def refresh(self, points: FloatMatrix, groups: IdArray, serials: IdArray) -> None:
        """Make the lists those of these points.

        Parameters
        ----------
        points
            Shape (n, d), float32, finite.
        groups
            Shape (n,), int64: points of one group are no neighbors of each other. A point
            without a group has a number of its own.
        serials
            Shape (n,), int64: equal to the serial at the same place before where the point is
            the same.

        Raises
        ------
        ValueError
            A point has fewer than k eligible candidates.
        """
        before, after = len(self._serials), len(points)
        both = min(before, after)
        is_new = np.ones(after, dtype=np.bool_)
        is_new[:both] = serials[:both] != self._serials[:both]
        has_left = np.ones(before, dtype=np.bool_)
        has_left[:both] = is_new[:both]
        if not is_new.any() and not has_left.any():
            return
        # Stopped in the middle, by Ctrl-C say, nothing of it counts as known.
        self._serials = np.empty(0, dtype=np.int64)
        self._flooded = None
        self.reach = min(self._most, self._fewest_candidates(groups))
        arrived = np.flatnonzero(is_new)
        if len(arrived) + np.count_nonzero(has_left) > REBUILT_FROM * after or before == 0:
            self._blank(after)
            self._store(np.arange(after), self._search_all(points, groups), points, groups)
        else:
            self._strike_out(has_left)
            self._take_over(is_new)
            if len(arrived):
                self._offer(points, groups, arrived)
                self._search(points, groups, arrived)
            self._search(points, groups, self._incomplete())
        self._flood(points, groups, self._incomplete())
        self._serials = serials.copy()

    def graph(self, k: int) -> NeighborGraph:
        """Return the graph of k nearest neighbors, ties at the last place split.

        Parameters
        ----------
        k
            At most `reach`, which is lower than asked for where a point has fewer candidates.
        """
        settled = tied_equal(self._distances)
        last = settled[:, k - 1]
        nearer = settled < last[:, None]
        tied = settled == last[:, None]
        places = k - nearer.sum(axis=1)
        weights = np.where(nearer, 1.0, np.where(tied, (places / tied.sum(axis=1))[:, None], 0.0))
        listed = nearer | tied
        if self._flooded is None:
            sources = np.nonzero(listed)[0]
            return self._compressed(sources, self._neighbors[listed], weights[listed], k)
        rows, neighbors = self._flooded
        listed[rows] = False
        flood = graph_of(neighbors, k)
        return self._compressed(
            np.concatenate([np.nonzero(listed)[0], rows[flood.sources]]),
            np.concatenate([self._neighbors[listed], flood.targets]),
            np.concatenate([weights[listed], flood.weights]),
            k,
        )

    def first(self, k: int) -> Neighbors:
        """Return the k nearest of every point with their ties, as a search of the pool would.

        Parameters
        ----------
        k
            At most `reach`.
        """
        points = len(self._serials)
        nobody = np.zeros(points + 1, dtype=np.int64)
        settled = tied_equal(self._distances)
        listed = Neighbors(settled, self._neighbors, nobody, nobody[:0]).first(k)
        if self._flooded is None:
            return listed
        rows, found = self._flooded
        return with_rows(listed, rows, found.first(k))

    def have_equals(self) -> BoolArray:
        """Tell which points have a neighbor with the very same values.

        Lists are too short to say how many, and on which side.
        """
        # Where there is nobody the distance is infinite.
        return np.asarray(self._distances[:, 0] == 0.0)

    def _compressed(
        self, sources: IdArray, targets: IdArray, weights: Float64Array, k: int
    ) -> NeighborGraph:
        order = np.argsort(sources, kind="stable")
        degrees = np.bincount(sources, minlength=len(self._serials))
        offsets = np.concatenate([[0], np.cumsum(degrees)]).astype(np.int64)
        return NeighborGraph(offsets, targets[order], weights[order], k)

    def _blank(self, count: int) -> None:
        self._distances = np.full((count, self._width), np.inf)
        self._neighbors = np.full((count, self._width), NOBODY, dtype=np.int64)
        self._complete = np.zeros(count)

    def _strike_out(self, has_left: BoolArray) -> None:
        """Take the points that left out of the lists of the others."""
        gone = has_left[self._neighbors] & (self._neighbors != NOBODY)
        self._distances[gone] = np.inf
        self._neighbors[gone] = NOBODY
        self._sort(np.flatnonzero(gone.any(axis=1)))

    def _take_over(self, is_new: BoolArray) -> None:
        """Give points that stay their lists, and new ones empty lists."""
        distances, neighbors, complete = self._distances, self._neighbors, self._complete
        self._blank(len(is_new))
        stays = np.flatnonzero(~is_new)
        self._distances[stays] = distances[stays]
        self._neighbors[stays] = neighbors[stays]
        self._complete[stays] = complete[stays]

    def _offer(self, points: FloatMatrix, groups: IdArray, arrived: IdArray) -> None:
        """Enter the arrived points into the lists of the others."""
        wanted = min(self._width, len(arrived))
        # Points with members of their own group among the arrived may lack candidates.
        own = np.isin(groups, groups[arrived])
        candidates = np.full(len(groups), len(arrived))
        if own.any():
            distinct, counts = np.unique(groups[arrived], return_counts=True)
            candidates[own] -= counts[np.searchsorted(distinct, groups[own])]
        asked = np.flatnonzero(candidates >= wanted)
        self._complete[candidates < wanted] = 0.0
        if len(asked) == 0:
            return
        found = knn(
            points if len(asked) == len(points) else points[asked],
            points[arrived],
            wanted,
            query_groups=groups[asked],
            reference_groups=groups[arrived],
            threads=self._threads,
        )
        beyond = np.where(candidates[asked] == wanted, np.inf, found.distances[:, -1])
        # Most lists have no use for any of the arrived.
        useful = found.distances[:, 0] <= self._distances[asked, -1]
        beyond = np.where(useful, beyond, found.distances[:, 0])
        self._complete[asked] = np.minimum(self._complete[asked], beyond)
        self._merge(points, asked[useful], arrived[found.ids[useful]])

    def _merge(self, points: FloatMatrix, rows: IdArray, neighbors: IdArray) -> None:
        """Merge further neighbors, (rows, m) points, into lists and keep the nearest."""
        if len(rows) == 0:
            return
        width = neighbors.shape[1]
        distances = pair_distances(points, np.repeat(rows, width), neighbors.ravel())
        joint_distances = np.hstack([self._distances[rows], distances.reshape(-1, width)])
        joint_neighbors = np.hstack([self._neighbors[rows], neighbors])
        order = np.argsort(joint_distances, axis=1, kind="stable")
        joint_distances = np.take_along_axis(joint_distances, order, axis=1)
        joint_neighbors = np.take_along_axis(joint_neighbors, order, axis=1)
        self._distances[rows] = joint_distances[:, : self._width]
        self._neighbors[rows] = joint_neighbors[:, : self._width]
        self._complete[rows] = np.minimum(self._complete[rows], joint_distances[:, self._width])

    def _search(self, points: FloatMatrix, groups: IdArray, rows: IdArray) -> None:
        """Search the whole pool for some of its points."""
        if len(rows) == 0:
            return
        found = knn(
            points[rows],
            points,
            self._wanted(groups),
            query_groups=groups[rows],
            reference_groups=groups,
            threads=self._threads,
        )
        self.searched += len(rows)
        self._store(rows, found, points, groups)

    def _search_all(self, points: FloatMatrix, groups: IdArray) -> Neighbors:
        self.searched += len(points)
        return self_knn(points, self._wanted(groups), groups, threads=self._threads)

    def _wanted(self, groups: IdArray) -> int:
        return min(self._width, self._fewest_candidates(groups))

    def _fewest_candidates(self, groups: IdArray) -> int:
        fewest = len(groups) - int(np.unique(groups, return_counts=True)[1].max())
        if fewest < self._k:
            raise ValueError(
                f"expected k of at most {fewest:,}, the number of candidates of some image, "
                f"got k = {self._k}"
            )
        return fewest

    def _store(self, rows: IdArray, found: Neighbors, points: FloatMatrix, groups: IdArray) -> None:
        """Replace lists by the answers of a search of the whole pool."""
        width = found.ids.shape[1]
        distances = pair_distances(points, np.repeat(rows, width), found.ids.ravel())
        self._distances[rows] = np.inf
        self._neighbors[rows] = NOBODY
        self._distances[rows, :width] = distances.reshape(-1, width)
        self._neighbors[rows, :width] = found.ids
        self._sort(rows)
        distinct, position, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        del distinct
        candidates = len(groups) - sizes[position[rows]]
        self._complete[rows] = np.where(candidates <= width, np.inf, found.distances[:, -1])

    def _sort(self, rows: IdArray) -> None:
        order = np.argsort(self._distances[rows], axis=1, kind="stable")
        self._distances[rows] = np.take_along_axis(self._distances[rows], order, axis=1)
        self._neighbors[rows] = np.take_along_axis(self._neighbors[rows], order, axis=1)

    def _incomplete(self) -> IdArray:
        """Return the lists that may lack a neighbor, or a point as near as the last wanted."""
        last = tied_equal(self._distances)[:, self.reach - 1]
        known = last * (1.0 + TIE_TOLERANCE) < self._complete
        return np.flatnonzero(~known | ~np.isfinite(last))

    def _flood(self, points: FloatMatrix, groups: IdArray, rows: IdArray) -> None:
        """Find all ties of points with more of them than a list holds."""
        if len(rows) == 0:
            return
        self._flooded = (
            rows,
            knn(
                points[rows],
                points,
                self.reach,
                query_groups=groups[rows],
                reference_groups=groups,
                threads=self._threads,
            ),
        )
