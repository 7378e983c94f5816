"""How sure runs are: labels drawn anew on a graph whose places stay."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import Z_95
from twinscore.graph.run_lengths import COUNTED, ROWS_AT_ONCE, run_lengths
from twinscore.graph.runs import RunCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.neighbors.records import Neighbors

DRAWS = 40
NEVER_SEEN = 3.0
"""What n trials without a success leave possible at 95 %, in parts of n (the rule of three)."""


def redrawn_counts(
    neighbors: Neighbors,
    real_shares: Float64Array,
    stops: tuple[int, int],
    parts: Sequence[IdArray],
    *,
    seed: int,
) -> list[IdArray]:
    """Count the lengths of runs where every unit draws its side anew.

    Around a unit, sides are as good as independent draws.

    Parameters
    ----------
    neighbors
        Of each unit, as many as `list_width` tells.
    real_shares
        Shape (u,): how probably a unit is real, such as the mean of sides around it.
    stops
        Own neighbor at which the runs of real and of synthetic units stop.
    parts
        Ways to part the units: each of shape (u,), the number of a unit's part, -1 for none.
    seed
        Of the draws.

    Returns
    -------
    For each way, shape (40, its parts, 2, 4): units with a run of 0, 1, 2 and more, the real
    ones first.
    """
    random = np.random.default_rng(seed)
    numbers = [int(codes.max(initial=0)) + 1 for codes in parts]
    found = [np.zeros((DRAWS, count, 2, COUNTED + 1), dtype=np.int64) for count in numbers]
    for draw in range(DRAWS):
        is_real = random.random(len(real_shares)) < real_shares
        kinds = (COUNTED + 1) * ~is_real + _lengths(neighbors.ids, is_real, stops)
        for codes, counts in zip(parts, found, strict=True):
            cells = 2 * (COUNTED + 1) * codes + kinds
            counted = np.bincount(cells[codes >= 0], minlength=counts[draw].size)
            counts[draw] = counted.reshape(counts[draw].shape)
    return found


def redrawn_reach(counts: IdArray, k: int) -> Float64Array:
    """Reached shares, shape (draws,), of counts of shape (draws, 4); NaN where none was drawn."""
    found = np.full(len(counts), np.nan)
    for draw, of_length in enumerate(counts):
        units = int(of_length.sum())
        if units:
            found[draw] = RunCounts(units, of_length[:COUNTED].astype(np.float64), k).reached
    return found


def share_interval(share: float, redrawn: Float64Array, units: int) -> tuple[float, float]:
    """95 % interval of a reached share: the spread of redrawn ones, and what the places add.

    Parameters
    ----------
    share
        As estimated.
    redrawn
        Shape (draws,), see `redrawn_reach`; NaN counts for nothing.
    units
        That were asked.

    Returns
    -------
    Both ends, within 0 and 1.
    """
    told = redrawn[~np.isnan(redrawn)]
    by_labels = float(told.var(ddof=1)) if len(told) > 1 else 0.0
    share = min(max(share, 0.0), 1.0)
    half = Z_95 * math.sqrt(by_labels + share * (1.0 - share) / units)
    high = share + half if share > 0.0 else max(half, NEVER_SEEN / units)
    return max(share - half, 0.0), min(high, 1.0)


def twin_range(redrawn: Float64Array) -> tuple[float, float]:
    """Range that holds about 95 % of the shares of perfectly mixed sides, within 0 and 1."""
    told = redrawn[~np.isnan(redrawn)]
    half = Z_95 * float(told.std(ddof=1)) if len(told) > 1 else 0.0
    middle = float(told.mean()) if len(told) else 1.0
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _lengths(ids: IdArray, is_real: BoolArray, stops: tuple[int, int]) -> IdArray:
    """Shape (u,): the run of each unit, 3 for more; the order of ties is that of the list."""
    lengths = np.empty(len(ids), dtype=np.int64)
    counted = is_real
    for of_real in (False, True):
        k = stops[0] if of_real else stops[1]
        is_own = is_real == of_real
        rows = np.flatnonzero(is_own)
        for first in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[first : first + ROWS_AT_ONCE]
            near = ids[part, : k + COUNTED - 1]
            lengths[part] = run_lengths(is_own[near], counted[near], k)
        counted = ~is_real & (lengths > 0)
    return lengths
