"""Answers of several searches as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.records import Neighbors

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray


def with_rows(lists: Neighbors, rows: IdArray, answers: Neighbors) -> Neighbors:
    """Put the answers of some queries in the place of their lists.

    Parameters
    ----------
    lists
        Of all n queries.
    rows
        Shape (m,), ascending: the queries that were asked again.
    answers
        Of these, as many neighbors each.
    """
    queries = len(lists.distances)
    distances, ids = lists.distances.copy(), lists.ids.copy()
    distances[rows], ids[rows] = answers.distances, answers.ids
    is_replaced = np.zeros(queries, dtype=np.bool_)
    is_replaced[rows] = True
    sources = np.repeat(np.arange(queries), np.diff(lists.tie_offsets))
    kept = ~is_replaced[sources]
    sources = np.concatenate([sources[kept], np.repeat(rows, np.diff(answers.tie_offsets))])
    tie_ids = np.concatenate([lists.tie_ids[kept], answers.tie_ids])
    order = np.argsort(sources, kind="stable")
    counts = np.bincount(sources, minlength=queries)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    further = lists.further.copy()
    further[rows] = answers.further
    complete = np.array_equal(further, counts)
    return Neighbors(distances, ids, offsets, tie_ids[order], None if complete else further)
