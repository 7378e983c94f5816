"""The length of a run: what comes before the k-th own neighbor in an ordered list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.neighbors.records import Neighbors

COUNTED = 3
"""Runs of 0, 1 and 2 are told apart; from here on they are one: "more"."""

ROWS_AT_ONCE = 1 << 16


def run_lengths(stops: BoolArray, counts: BoolArray, k: int) -> IdArray:
    """Count in each row what comes before the k-th stop, among the first k + 2 places.

    Parameters
    ----------
    stops, counts
        Shape (n, w), w at least k + 2: places that are of the own side, and that are counted.
    k
        Number of the stop.

    Returns
    -------
    Shape (n,), 0 .. 3; 3 stands for more.
    """
    places = k + COUNTED - 1
    before = np.cumsum(stops[:, :places], axis=1, dtype=np.int16) < k
    lengths = np.count_nonzero(before & counts[:, :places], axis=1)
    return np.asarray(np.minimum(lengths, COUNTED), dtype=np.int64)


def probable_lengths(
    neighbors: Neighbors, rows: IdArray, is_own: BoolArray, is_counted: BoolArray, k: int
) -> Float64Array:
    """Tell how probably the runs of some rows are of each length, ties in random order.

    Parameters
    ----------
    neighbors
        Lists of at least k + 2.
    rows
        Shape (m,): whose runs.
    is_own, is_counted
        Shape (u,): units at which runs stop, and units they are made of.
    k
        Own neighbor at which they stop.

    Returns
    -------
    Shape (m, 3), float64, for lengths of 0, 1 and 2; 0 or 1 but for ties.
    """
    probabilities = np.empty((len(rows), COUNTED))
    for first in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[first : first + ROWS_AT_ONCE]
        ids = neighbors.ids[part]
        own, counted = is_own[ids], is_counted[ids]
        lengths = run_lengths(own, counted, k)
        probabilities[first : first + len(part)] = lengths[:, None] == np.arange(COUNTED)
        distances = neighbors.distances[part]
        open_rows = np.flatnonzero(_tied(distances, k) | (neighbors.further[part] > 0))
        if len(open_rows):
            probabilities[first + open_rows] = _tied_runs(
                distances[open_rows],
                own[open_rows],
                counted[open_rows],
                _beyond(neighbors, part[open_rows], is_own, is_counted),
                k,
            )
    return probabilities


def _tied(distances: Float64Array, k: int) -> BoolArray:
    """Rows in which two of the first k + 2 places, or the last and the next, are as near."""
    seen = distances[:, : k + COUNTED]
    return np.asarray((seen[:, 1:] == seen[:, :-1]).any(axis=1), dtype=np.bool_)


def _beyond(
    neighbors: Neighbors, rows: IdArray, is_own: BoolArray, is_counted: BoolArray
) -> tuple[Float64Array, Float64Array]:
    """Own and counted units that tie with the last place of each row but are not in its list."""
    starts, ends = neighbors.tie_offsets[rows], neighbors.tie_offsets[rows + 1]
    listed = ends - starts
    sources = np.repeat(np.arange(len(rows)), listed)
    places = np.arange(len(sources)) - np.repeat(np.cumsum(listed) - listed, listed)
    ids = neighbors.tie_ids[places + np.repeat(starts, listed)]
    # A sampled list stands for all that tie.
    scale = neighbors.further[rows] / np.maximum(listed, 1)
    own = np.bincount(sources, is_own[ids], minlength=len(rows)) * scale
    counted = np.bincount(sources, is_counted[ids], minlength=len(rows)) * scale
    return np.rint(own), np.rint(counted)


def _tied_runs(
    distances: Float64Array,
    own: BoolArray,
    counted: BoolArray,
    beyond: tuple[Float64Array, Float64Array],
    k: int,
) -> Float64Array:
    """Probabilities of the lengths where units as near as each other come in random order.

    A block of ties at the last place belongs to the run as a whole. In the block with the k-th
    own unit, of whose own units `need` are still wanted, the counted units before it follow the
    negative hypergeometric distribution.
    """
    end = distances[:, k + COUNTED - 2, None]
    inside = distances <= end
    spills = distances[:, -1] == end[:, 0]
    beyond_own, beyond_counted = (np.where(spills, values, 0.0) for values in beyond)
    before_k = np.count_nonzero((np.cumsum(own, axis=1) < k) & inside, axis=1)
    last = np.minimum(before_k, np.count_nonzero(inside, axis=1) - 1)
    limit = np.take_along_axis(distances, last[:, None], axis=1)
    nearer, level = distances < limit, distances == limit
    in_last_block = limit[:, 0] == end[:, 0]
    stops = np.count_nonzero(own & level, axis=1) + np.where(in_last_block, beyond_own, 0.0)
    others = np.count_nonzero(counted & level, axis=1) + np.where(in_last_block, beyond_counted, 0)
    certain = np.count_nonzero(counted & nearer, axis=1)
    need = k - np.count_nonzero(own & nearer, axis=1)

    endless = stops < need
    certain = np.where(endless, certain + others, certain).astype(np.int64)
    others = np.where(endless, 0.0, others)
    probability = np.ones(len(distances))
    for drawn in range(int(need.max(initial=0))):
        wanted = (drawn < need) & ~endless
        left = np.maximum(stops - drawn, 1.0)
        probability *= np.where(wanted, left / (left + others), 1.0)
    found = np.zeros((len(distances), COUNTED))
    rows = np.arange(len(distances))
    for length in range(COUNTED):
        total = certain + length
        told = total < COUNTED
        found[rows[told], total[told]] = probability[told]
        odds = (need + length) / (length + 1.0) * np.maximum(others - length, 0.0)
        probability = probability * odds / np.maximum(stops - need + others - length, 1.0)
    return found
