"""From rough candidates to neighbors: float64 distances, order, ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import TIE_TOLERANCE
from twinscore.neighbors.records import Neighbors

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, IdArray, PointMatrix

VALUES_AT_ONCE = 1 << 21
"""Coordinates held in float64 at a time: 16 MiB a copy."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Points that may be neighbors, a list for each query.

    Attributes
    ----------
    rows, ids
        Shape (pairs,), int64: query and reference row of each pair, in order of `rows`.
    distances
        Shape (pairs,), float64: squared distances.
    """

    rows: IdArray
    ids: IdArray
    distances: Float64Array


def squared_distances(
    queries: PointMatrix, rows: IdArray, reference: PointMatrix, ids: IdArray
) -> Float64Array:
    """Measure pairs in float64: subtract first, then square, so that nothing cancels.

    Parameters
    ----------
    queries, reference
        Shapes (n, d) and (m, d).
    rows, ids
        Shape (pairs,): which query with which reference row.

    Returns
    -------
    Shape (pairs,), float64.
    """
    distances = np.empty(len(rows))
    step = max(1, VALUES_AT_ONCE // queries.shape[1])
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        difference = queries[rows[part]].astype(np.float64)
        difference -= reference[ids[part]]
        distances[part] = np.einsum("ij,ij->i", difference, difference)
    return distances


def nearest_of(candidates: Candidates, query_count: int, k: int, *, ties: bool) -> Neighbors:
    """Order each query's candidates by (distance, id) and keep k of them.

    Parameters
    ----------
    candidates
        At least k of each query.
    query_count
        Number of queries.
    k
        Neighbors wanted per query.
    ties
        List those as near as the k-th as well: only where the candidates hold all of them.
    """
    order = np.lexsort((candidates.ids, candidates.distances, candidates.rows))
    rows, ids = candidates.rows[order], candidates.ids[order]
    distances = candidates.distances[order]
    starts = np.searchsorted(rows, np.arange(query_count + 1))
    _merge_ties(rows, ids, distances, starts)

    listed = starts[:-1, None] + np.arange(k)
    last = np.repeat(distances[listed[:, -1]], np.diff(starts))
    tied = np.zeros(0, dtype=np.int64)
    if ties:
        place = np.arange(len(rows)) - np.repeat(starts[:-1], np.diff(starts))
        tied = np.flatnonzero((place >= k) & (distances == last))
    counts = np.bincount(rows[tied], minlength=query_count)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Neighbors(distances[listed], ids[listed], offsets, ids[tied])


def joined(parts: list[Neighbors], k: int) -> Neighbors:
    """Put the answers of consecutive queries together."""
    ties = [np.diff(part.tie_offsets) for part in parts]
    no_ids = np.zeros(0, dtype=np.int64)
    sampled = any(part.tie_counts is not None for part in parts)
    return Neighbors(
        np.concatenate([np.zeros((0, k)), *(part.distances for part in parts)]),
        np.concatenate([no_ids.reshape(0, k), *(part.ids for part in parts)]),
        np.concatenate([[0], np.cumsum(np.concatenate([no_ids, *ties]))]).astype(np.int64),
        np.concatenate([no_ids, *(part.tie_ids for part in parts)]),
        np.concatenate([part.further for part in parts]) if sampled else None,
    )


def _merge_ties(rows: IdArray, ids: IdArray, distances: Float64Array, starts: IdArray) -> None:
    """Make runs of distances that agree to the tolerance equal, in order of id; in place."""
    close = (distances[1:] <= distances[:-1] * (1.0 + TIE_TOLERANCE)) & (rows[1:] == rows[:-1])
    for row in np.unique(rows[1:][close]):
        first, stop = int(starts[row]), int(starts[row + 1])
        while first < stop:
            limit = distances[first] * (1.0 + TIE_TOLERANCE)
            end = first + int(np.searchsorted(distances[first:stop], limit, side="right"))
            distances[first:end] = distances[first]
            ids[first:end] = np.sort(ids[first:end])
            first = end
