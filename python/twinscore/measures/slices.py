"""Parts of the synthetic side: which of them give it away."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from twinscore.graph.intervals import influence_variance, mean_share_variance, score_interval
from twinscore.graph.score import expected_shares, other_side_shares, overlap
from twinscore.measures.multiple_tests import holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.neighbor_graph import NeighborGraph
    from twinscore.measures.fact_gaps import FactGap
    from twinscore.measures.unit_graphs import PoolGraphs

PERMUTATIONS = 1_999
INFLUENCE = 1.0
FAMILY_ERROR = 0.05
FEWEST_QUERIES = 2


@dataclass(frozen=True, slots=True)
class SliceScore:
    """The score of some of the synthetic images, from the graph of all.

    Attributes
    ----------
    column, value
        What the images of the slice have in common.
    n_synthetic
        Synthetic images (or groups, where there are any) in it.
    score, overlap, interval
        As in `ScoreResult`.
    p_value, adjusted_p_value
        How often a part no worse than the rest has as few real neighbors, and the same corrected
        for the number of slices of the column (Holm 1979).
    worse
        Whether that is below 0.05: worse than the rest. Where real images have a value in the
        column too, measured by what their share in each value leads to expect.
    scarce
        Whether it is lower than the rest only because fewer real images have its value.
    facts
        Its images against real ones in each fact of the pixels, corrected for the facts of all
        slices of the column; nothing where these are not known.
    facts_against
        Whether these real ones are those of the "same" value, or "all" for too few have it.
    """

    column: str
    value: str
    n_synthetic: int
    score: float
    overlap: float
    interval: tuple[float, float]
    p_value: float
    adjusted_p_value: float
    worse: bool
    scarce: bool
    facts: tuple[FactGap, ...] = ()
    facts_against: Literal["same", "all"] = "all"


def score_slices(
    graphs: PoolGraphs,
    is_real: BoolArray,
    column: str,
    values: Sequence[str | None],
    *,
    seed: int,
    progress: ProgressCallback | None = None,
) -> list[SliceScore]:
    """Score each value of a column on the one graph.

    Slices that are no worse than others are random choices of synthetic images. Regions of space
    are not: their images share neighbors, so that the variance of labels around each point is
    asked as well, and the larger p-value counts.

    Parameters
    ----------
    graphs, is_real
        Of the units, shape (n,).
    column
        Its name.
    values
        Length n; None is no slice. Those of real units tell what to expect of each value; all
        None: nothing does.
    seed
        Of the random choices.
    progress
        Called with (slices done, slices).

    Returns
    -------
    The lowest score first. Values with a single synthetic image are left out.
    """
    names, codes = _coded(values, ~is_real)
    shares = other_side_shares(graphs.graph, is_real)[~is_real]
    level = np.full(len(shares), shares.mean())
    p_values = _p_values(graphs, is_real, codes, len(names), shares - level, seed)
    plain = p_values
    if any(value is not None for value in itertools.compress(values, is_real)):
        due = _due_shares(graphs.graph, is_real, values)
        total = due.sum()
        excess = shares - due * (shares.sum() / total if total > 0.0 else 0.0)
        p_values = _p_values(graphs, is_real, codes, len(names), excess, seed)
    adjusted, adjusted_plain = holm(p_values), holm(plain)
    expected = expected_shares(is_real)[~is_real].mean()
    real_fraction = float(is_real.mean())
    slices = []
    for number, name in enumerate(names):
        queries = np.zeros(len(is_real), dtype=np.bool_)
        queries[np.flatnonzero(~is_real)[codes == number]] = True
        score = float(shares[codes == number].mean() / expected)
        interval = score_interval(graphs.graph, graphs.surroundings, ~is_real, queries)
        worse = bool(adjusted[number] < FAMILY_ERROR)
        slices.append(
            SliceScore(
                column,
                name,
                int(np.count_nonzero(queries)),
                score,
                overlap(score, real_fraction, interval.variance),
                (interval.low, interval.high),
                float(p_values[number]),
                float(adjusted[number]),
                worse,
                bool(adjusted_plain[number] < FAMILY_ERROR) and not worse,
            )
        )
        if progress is not None:
            progress(number + 1, len(names))
    return sorted(slices, key=lambda part: (part.score, part.value))


def _due_shares(
    graph: NeighborGraph, is_real: BoolArray, values: Sequence[str | None]
) -> Float64Array:
    """Share of real neighbors of each synthetic unit, were the sides mixed within each value.

    A neighbor is real as often as the images of its value are: proportions of values that differ
    between the sides are no fault of any image.
    """
    numbers: dict[str | None, int] = {}
    codes = np.array([numbers.setdefault(value, len(numbers)) for value in values])
    of_value = np.bincount(codes)
    real = np.bincount(codes, is_real, minlength=len(of_value))
    sources, targets = codes[graph.sources], codes[graph.targets]
    candidates = of_value[targets] - (sources == targets)
    rates = real[targets] / np.maximum(candidates, 1)
    due = np.bincount(graph.sources, graph.weights * rates, minlength=len(graph)) / graph.k
    return np.asarray(due[~is_real], dtype=np.float64)


def _p_values(
    graphs: PoolGraphs,
    is_real: BoolArray,
    codes: IdArray,
    count: int,
    excess: Float64Array,
    seed: int,
) -> Float64Array:
    """P-values of a slice lower than the rest: the larger of those by choice and by variance.

    Choices of queries take small slices into account, the variance that neighbors are shared.
    """
    by_choice = _permuted_p_values(excess, codes, count, seed)
    synthetic = np.flatnonzero(~is_real)
    by_variance = np.ones(count)
    for number in range(count):
        inside = codes == number
        size, rest = int(np.count_nonzero(inside)), int(np.count_nonzero(~inside))
        if rest == 0:
            continue
        marks, kinds = np.zeros(len(is_real)), np.zeros(len(is_real), dtype=np.int64)
        marks[synthetic] = np.where(inside, 1.0 / size, -1.0 / rest)
        kinds[synthetic] = 1 + inside
        variance = max(
            mean_share_variance(graphs.graph, graphs.surroundings, marks, is_real, kinds),
            INFLUENCE
            * influence_variance(graphs.graph, graphs.surroundings, marks, is_real, kinds),
        )
        lower = float(excess[inside].mean() - excess[~inside].mean())
        deviations = lower / math.sqrt(variance) if variance > 0.0 else math.copysign(40.0, lower)
        by_variance[number] = 0.5 * math.erfc(-deviations / math.sqrt(2.0))
    return np.maximum(by_choice, by_variance)


def unit_values(values: Sequence[str | None], units: IdArray) -> list[str | None]:
    """Give each unit the most common value of its images; of equally common ones the first.

    Parameters
    ----------
    values
        Length n, one per image.
    units
        Shape (n,), 0 .. u-1.
    """
    counts: list[Counter[str | None]] = [Counter() for _ in range(int(units.max()) + 1)]
    for value, unit in zip(values, units.tolist(), strict=True):
        counts[unit][value] += 1
    return [count.most_common(1)[0][0] for count in counts]


def _coded(values: Sequence[str | None], chosen: BoolArray) -> tuple[list[str], IdArray]:
    """Name the slices and number the chosen rows by them; -1 for rows in no slice."""
    picked = [value for value, is_chosen in zip(values, chosen, strict=True) if is_chosen]
    counts: dict[str, int] = {}
    for value in picked:
        if value is not None:
            counts[value] = counts.get(value, 0) + 1
    names = sorted(name for name, count in counts.items() if count >= FEWEST_QUERIES)
    numbers = {name: number for number, name in enumerate(names)}
    codes = [-1 if value is None else numbers.get(value, -1) for value in picked]
    return names, np.array(codes, dtype=np.int64)


def _permuted_p_values(shares: Float64Array, codes: IdArray, count: int, seed: int) -> Float64Array:
    """Count how often a random choice of as many queries has as few real neighbors."""
    random = np.random.default_rng(seed)
    inside = codes >= 0
    sums = np.bincount(codes[inside], shares[inside], minlength=count)
    as_low = np.zeros(count)
    for _ in range(PERMUTATIONS):
        drawn = np.bincount(codes[inside], random.permutation(shares)[inside], minlength=count)
        as_low += drawn <= sums + 1e-9 * len(shares)
    return (1.0 + as_low) / (1.0 + PERMUTATIONS)
