"""Neighbors within a part of a pool, read from the lists of the whole where these reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.put_together import with_rows
from twinscore.neighbors.records import Neighbors
from twinscore.neighbors.registry import is_exact

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray, PointMatrix
    from twinscore.neighbors.settings import SearchSettings

MOST_ASKED = 0.1
"""Share of the rows whose lists may be too short: to search for more takes as long as for all."""


def self_knn_of_part(
    points: PointMatrix,
    rows: IdArray,
    k: int,
    *,
    lists: Neighbors | None,
    search: SearchSettings,
) -> Neighbors:
    """Find the k nearest others of every row of a part.

    Who is nearest within the part is the first of the whole list that belongs to it. Rows whose
    list has fewer than k of those, or may go on with one as near, are searched for.

    Parameters
    ----------
    points
        Shape (n, d): the whole pool.
    rows
        Shape (m,): those of the part, each once, in any order.
    k
        Below m.
    lists
        What an exact search of the whole pool has found; None where it is not known.
    search
        Backend and threads.

    Returns
    -------
    Ids are places in `rows`.
    """
    part = points[rows]
    if lists is None or lists.ids.shape[1] < k or not is_exact(search.backend):
        return search.self_knn(part, k)
    distances, ids = _within(lists, rows, len(points))
    asked = np.flatnonzero(~_reach(lists, rows, distances[:, k - 1]))
    if len(asked) > MOST_ASKED * len(rows):
        return search.self_knn(part, k)
    none = np.zeros(0, dtype=np.int64)
    read = Neighbors(distances, ids, np.zeros(len(rows) + 1, dtype=np.int64), none).first(k)
    if not len(asked):
        return read
    places = np.arange(len(rows))
    answers = search.knn(part[asked], part, k, query_groups=asked, reference_groups=places)
    return with_rows(read, asked, answers)


def _within(lists: Neighbors, rows: IdArray, points: int) -> tuple[Float64Array, IdArray]:
    """Keep of each list what is in the part, by (distance, place); infinity fills it up."""
    place = np.full(points, len(rows), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    ids = place[lists.ids[rows]]
    distances = np.where(ids < len(rows), lists.distances[rows], np.inf)
    order = np.argsort(np.isinf(distances), axis=1, kind="stable")
    distances, ids = (np.take_along_axis(values, order, axis=1) for values in (distances, ids))
    is_tied = (distances[:, 1:] == distances[:, :-1]) & np.isfinite(distances[:, 1:])
    tied = np.flatnonzero(is_tied.any(axis=1))
    order = np.lexsort((ids[tied], distances[tied]), axis=1)
    ids[tied] = np.take_along_axis(ids[tied], order, axis=1)
    return distances, ids


def _reach(lists: Neighbors, rows: IdArray, farthest: Float64Array) -> BoolArray:
    """Whether lists hold all that are as near as these distances; none reaches to infinity."""
    end = lists.distances[rows, -1]
    reach: BoolArray = (farthest < end) | ((farthest == end) & (lists.further[rows] == 0))
    return reach
