"""Parts of the synthetic side: which of them give it away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.intervals import score_interval
from twinscore.graph.score import expected_shares, other_side_shares, overlap
from twinscore.measures.multiple_tests import holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.measures.unit_graphs import PoolGraphs

PERMUTATIONS = 1_999
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
        How often a random choice of as many synthetic images scores as low, and the same
        corrected for the number of slices of the column (Holm 1979).
    worse
        Whether that is below 0.05: worse than the rest.
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

    Given the places, the neighbors and which are synthetic, slices that are no worse than others
    are random choices of synthetic images: drawing such choices gives an exact p-value.

    Parameters
    ----------
    graphs, is_real
        Of the units, shape (n,).
    column
        Its name.
    values
        Length n; those of real units are not looked at, None is no slice.
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
    p_values = _permuted_p_values(shares, codes, len(names), seed)
    adjusted = holm(p_values)
    expected = expected_shares(is_real)[~is_real].mean()
    real_fraction = float(is_real.mean())
    slices = []
    for number, name in enumerate(names):
        queries = np.zeros(len(is_real), dtype=np.bool_)
        queries[np.flatnonzero(~is_real)[codes == number]] = True
        score = float(shares[codes == number].mean() / expected)
        interval = score_interval(graphs.graph, graphs.surroundings, ~is_real, queries)
        slices.append(
            SliceScore(
                column,
                name,
                int(np.count_nonzero(queries)),
                score,
                overlap(score, real_fraction),
                (interval.low, interval.high),
                float(p_values[number]),
                float(adjusted[number]),
                bool(adjusted[number] < FAMILY_ERROR),
            )
        )
        if progress is not None:
            progress(number + 1, len(names))
    return sorted(slices, key=lambda part: (part.score, part.value))


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
