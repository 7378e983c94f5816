"""Richness of each value of a column, and which values lie in a gap."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.label_draws import redrawn_reach, share_interval
from twinscore.graph.worth import photograph_yield, worth
from twinscore.measures.multiple_tests import holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.measures.copied import Novelty
    from twinscore.measures.run_readings import RunReadings

FEWEST = 10
"""Units of a side, or of a value in it, of which a share is told."""

FEWEST_VALUES, MOST_VALUES = 2, 200
PERMUTATIONS = 4_999
STEPS = 4
"""Parts of a run that are told apart where ties or draws leave its length open."""

FAMILY_ERROR = 0.05


@dataclass(frozen=True, slots=True)
class ValueCodes:
    """A column as numbers.

    Attributes
    ----------
    column
        Its name.
    values
        The values that enough units have, in order.
    codes
        Shape (u,): the number of each unit's value, -1 for none of these.
    """

    column: str
    values: tuple[str, ...]
    codes: IdArray


@dataclass(frozen=True, slots=True)
class RichnessSlice:
    """What of the real units of a value is reached, and which synthetic units of it count.

    Attributes
    ----------
    column, value
        What the units have in common.
    n_real, n_synthetic
        Units of each side that have it.
    coverage, coverage_interval
        Share of these real units that any synthetic image reaches; None for fewer than ten.
    on_domain, on_domain_interval
        Share of these synthetic units that lie where real ones do; None for fewer than ten.
    worth
        Photographs that its synthetic units are worth; None for fewer than ten of either side.
    copied
        Share of its synthetic units that are copies of photographs; None where on_domain is.
    run
        Mean length of the runs of its real units, 3 standing for more.
    p_value, adjusted_p_value
        How often a part of reality no less reached has runs as short, and the same corrected for
        the number of values of the column (Holm 1979); None where coverage is.
    is_gap
        Whether that is below 0.05: less of it is reached than of the rest.
    """

    column: str
    value: str
    n_real: int
    n_synthetic: int
    coverage: float | None
    coverage_interval: tuple[float, float] | None
    on_domain: float | None
    on_domain_interval: tuple[float, float] | None
    worth: float | None
    copied: float | None
    run: float | None
    p_value: float | None
    adjusted_p_value: float | None
    is_gap: bool


def value_codes(column: str, values: Sequence[str | None], is_real: BoolArray) -> ValueCodes | None:
    """Give numbers to the values of a column that at least ten units of a side have.

    Parameters
    ----------
    column
        Its name.
    values
        Length u, one for each unit.
    is_real
        Shape (u,).

    Returns
    -------
    None where fewer than two values, or more than 200, are there: nothing to tell apart.
    """
    counts: dict[str, list[int]] = {}
    for value, of_real in zip(values, is_real.tolist(), strict=True):
        if value is not None:
            counts.setdefault(value, [0, 0])[of_real] += 1
    names = sorted(name for name, count in counts.items() if max(count) >= FEWEST)
    if not FEWEST_VALUES <= len(counts) <= MOST_VALUES or not names:
        return None
    numbers = {name: number for number, name in enumerate(names)}
    codes = [-1 if value is None else numbers.get(value, -1) for value in values]
    return ValueCodes(column, tuple(names), np.array(codes, dtype=np.int64))


def richness_slices(
    readings: RunReadings,
    ranks: Novelty,
    parts: ValueCodes,
    redrawn: IdArray,
    *,
    seed: int,
) -> list[RichnessSlice]:
    """Tell richness of each value of a column.

    Parameters
    ----------
    readings
        At least one draw.
    ranks
        Of the synthetic images.
    parts
        The column.
    redrawn
        Of this column, see `redrawn_counts`: the spread of runs around neighbors that they share.
    seed
        Of the choices.

    Returns
    -------
    The least reached first, those without enough real units last.
    """
    is_real, lengths = readings.is_real, readings.lengths
    ks = readings.runs[0].real_k, readings.runs[0].synthetic_k
    p_values = _p_values(lengths[is_real], parts.codes[is_real], redrawn[:, :, 0], seed)
    adjusted = holm(p_values)
    slices = []
    for number, value in enumerate(parts.values):
        shares: list[float | None] = []
        intervals: list[tuple[float, float] | None] = []
        sizes = []
        for side, of_side in enumerate((is_real, ~is_real)):
            chosen = of_side & (parts.codes == number)
            size = int(np.count_nonzero(chosen))
            sizes.append(size)
            if size < FEWEST:
                shares.append(None)
                intervals.append(None)
                continue
            share = readings.reached(chosen)
            shares.append(min(share, 1.0))
            spread = redrawn_reach(redrawn[:, number, side], ks[side])
            intervals.append(share_interval(share, spread, size))
        tested = not math.isnan(p_values[number])
        real, synthetic = is_real & (parts.codes == number), ~is_real & (parts.codes == number)
        worth_of_value = copied = None
        if shares[1] is not None:
            copied = min(max(ranks.copied(shares[1], synthetic), 0.0), 1.0)
            if shares[0] is not None:
                yielded = photograph_yield(readings.nearest_synthetic(real), sizes[0], sizes[1])
                worth_of_value = worth(yielded, shares[1], sizes[1])
        slices.append(
            RichnessSlice(
                parts.column,
                value,
                sizes[0],
                sizes[1],
                shares[0],
                intervals[0],
                shares[1],
                intervals[1],
                worth_of_value,
                copied,
                float(lengths[real].mean()) if sizes[0] else None,
                float(p_values[number]) if tested else None,
                float(adjusted[number]) if tested else None,
                bool(tested and adjusted[number] < FAMILY_ERROR),
            )
        )
    return sorted(
        slices, key=lambda part: (part.coverage is None, part.coverage or 0.0, part.value)
    )


def _p_values(lengths: Float64Array, codes: IdArray, redrawn: IdArray, seed: int) -> Float64Array:
    """P-values of a value with runs shorter than those of the rest, NaN where too few have it.

    The larger of those by choice (real units chosen at random) and by variance: runs side by side
    are made of the same neighbors.
    """
    count = redrawn.shape[1]
    sizes = np.bincount(codes[codes >= 0], minlength=count)
    sums = np.bincount(codes[codes >= 0], lengths[codes >= 0], minlength=count)
    steps = np.rint(lengths * STEPS).astype(np.int64)
    found = np.full(count, np.nan)
    of_length = np.arange(redrawn.shape[2])
    totals = redrawn.sum(axis=1)
    for number in range(count):
        rest = len(lengths) - sizes[number]
        if sizes[number] < FEWEST or not rest:
            continue
        lower = sums[number] / sizes[number] - (lengths.sum() - sums[number]) / rest
        own, others = redrawn[:, number], totals - redrawn[:, number]
        spread = own @ of_length / np.maximum(own.sum(axis=1), 1)
        spread -= others @ of_length / np.maximum(others.sum(axis=1), 1)
        deviation = float(spread.std(ddof=1))
        far = lower / deviation if deviation > 0.0 else math.copysign(40.0, lower)
        by_variance = 0.5 * math.erfc(-far / math.sqrt(2.0))
        found[number] = max(_by_choice(steps, codes == number, seed), by_variance)
    return found


def _by_choice(steps: IdArray, chosen: BoolArray, seed: int) -> float:
    """How often as many real units, chosen at random, have runs as short."""
    size = int(np.count_nonzero(chosen))
    values, counts = np.unique(steps, return_counts=True)
    random = np.random.default_rng(seed)
    drawn = random.multivariate_hypergeometric(counts, size, PERMUTATIONS, method="marginals")
    as_low = np.count_nonzero(drawn @ values <= steps[chosen].sum())
    return (1.0 + as_low) / (1.0 + PERMUTATIONS)
