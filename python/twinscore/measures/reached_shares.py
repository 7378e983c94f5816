"""Coverage and on-domain share with their intervals, from runs that were read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.intervals import score_interval
from twinscore.graph.label_draws import redrawn_counts, redrawn_reach, share_interval, twin_range
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.surroundings import Surroundings, neighborhood_size, surroundings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.measures.run_readings import RunReadings
    from twinscore.neighbors.records import Neighbors

MOST_PLACES = 3
"""Distances of a unit that name its place, whatever the order in which units are numbered."""


@dataclass(frozen=True, slots=True)
class ReachedShares:
    """How much of each side the other one reaches.

    Attributes
    ----------
    coverage, on_domain
        Share of the real and of the synthetic units; above 1 as often as below where all are.
    coverage_interval, on_domain_interval
        95 %, within 0 and 1.
    twin
        By name, where the shares of about 95 % of perfect twins fall.
    nearest_interval
        95 % interval of the share of real units whose nearest unit is synthetic.
    redrawn
        Of each column, see `redrawn_counts`.
    """

    coverage: float
    on_domain: float
    coverage_interval: tuple[float, float]
    on_domain_interval: tuple[float, float]
    twin: dict[str, tuple[float, float]]
    nearest_interval: tuple[float, float]
    redrawn: tuple[IdArray, ...]


def reached_shares(readings: RunReadings, columns: Sequence[IdArray], seed: int) -> ReachedShares:
    """Estimate both shares; labels are drawn anew on the lists of the first draw of units.

    Parameters
    ----------
    readings
        At least one draw.
    columns
        Numbers of shape (u,): the parts of each column, -1 for units in none.
    seed
        Of label draws.

    Raises
    ------
    ValueError
        Nothing was read.
    """
    if readings.lists is None:
        raise ValueError("expected a draw of the units, got none")
    is_real, runs = readings.is_real, readings.runs[0]
    stops = runs.real_k, runs.synthetic_k
    sizes = int(np.count_nonzero(is_real)), int(np.count_nonzero(~is_real))
    order = _order_of_place(readings.lists.neighbors, is_real)
    neighbors = _in_order_of_place(readings.lists.neighbors, order)
    is_real = is_real[order]
    width = min(neighborhood_size(min(sizes)), neighbors.distances.shape[1])
    surroundings = surroundings_of(graph_of(neighbors, width))
    whole = np.zeros(len(order), dtype=np.int64)
    redrawn = redrawn_counts(
        neighbors,
        surroundings.mean(is_real.astype(np.float64)),
        stops,
        [whole, *(codes[order] for codes in columns)],
        seed=seed,
    )
    mixed = np.full(len(order), sizes[0] / sum(sizes))
    twins = redrawn_counts(neighbors, mixed, stops, [whole], seed=seed)[0]
    shares = [readings.reached(side) for side in (readings.is_real, ~readings.is_real)]
    intervals = [
        share_interval(share, redrawn_reach(redrawn[0][:, 0, side], stops[side]), sizes[side])
        for side, share in enumerate(shares)
    ]
    ranges = [twin_range(redrawn_reach(twins[:, 0, side], stops[side])) for side in (0, 1)]
    return ReachedShares(
        shares[0],
        shares[1],
        intervals[0],
        intervals[1],
        {"coverage": ranges[0], "on_domain": ranges[1]},
        _nearest_interval(neighbors, surroundings, is_real),
        tuple(redrawn[1:]),
    )


def _nearest_interval(
    neighbors: Neighbors, surroundings: Surroundings, is_real: BoolArray
) -> tuple[float, float]:
    interval = score_interval(graph_of(neighbors, 1), surroundings, is_real)
    expected = float(np.count_nonzero(~is_real)) / (len(is_real) - 1)
    return interval.low * expected, min(interval.high * expected, 1.0)


def _order_of_place(neighbors: Neighbors, is_real: BoolArray) -> IdArray:
    """Sort units by what does not depend on the order in which they came."""
    nearest = neighbors.distances[:, :MOST_PLACES]
    return np.lexsort((is_real, *nearest.T[::-1]))


def _in_order_of_place(neighbors: Neighbors, order: IdArray) -> Neighbors:
    """Renumber units, so that what is drawn for each is the same in any order of files."""
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    listed = np.diff(neighbors.tie_offsets)[order]
    starts = np.repeat(neighbors.tie_offsets[:-1][order], listed)
    offsets = np.concatenate([[0], np.cumsum(listed)]).astype(np.int64)
    places = np.arange(len(starts)) - np.repeat(offsets[:-1], listed)
    return replace(
        neighbors,
        distances=neighbors.distances[order],
        ids=number[neighbors.ids[order]],
        tie_offsets=offsets,
        tie_ids=number[neighbors.tie_ids[starts + places]],
        tie_counts=None if neighbors.tie_counts is None else neighbors.tie_counts[order],
    )
