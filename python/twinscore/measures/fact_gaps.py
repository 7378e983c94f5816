"""How far the sides differ in one fact of their images, and whether that is beyond chance.

Sources: Mann and Whitney 1947, DeLong, DeLong and Clarke-Pearson 1988 (variance of the area under
the curve), Rosner, Glynn and Lee 2003 (ranks of correlated observations).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.intervals import effective_size, student_quantile, wilson_interval
from twinscore.measures.multiple_tests import holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray

FAMILY_ERROR = 0.05
FEWEST_UNITS = 5
"""Images, or groups, of a side below which nothing is said of it."""


@dataclass(frozen=True, slots=True)
class FactGap:
    """One fact on both sides.

    Attributes
    ----------
    fact
        Its name.
    separation
        Probability that a synthetic image has more of it than a real one, ties counting half:
        the area under the curve. 0.5: alike.
    interval
        95 % of that.
    p_value, adjusted_p_value
        How often chance sets the sides as far apart, and the same corrected for the number of
        facts (Holm 1979).
    beyond_chance
        Whether that is below 0.05.
    real, synthetic
        The median of each side, every group counting as one image.
    """

    fact: str
    separation: float
    interval: tuple[float, float]
    p_value: float
    adjusted_p_value: float
    beyond_chance: bool
    real: float
    synthetic: float


def fact_gaps(
    names: Sequence[str], values: npt.NDArray[np.float32], is_real: BoolArray, units: IdArray
) -> tuple[FactGap, ...]:
    """Compare the sides in each fact.

    Parameters
    ----------
    names
        Length m.
    values
        Shape (n, m); NaN where a fact is not known.
    is_real
        Shape (n,).
    units
        Shape (n,): images that are correlated share one and count as one.

    Returns
    -------
    The facts that five units of each side have, in the order of `names`.
    """
    known = [
        (name, _compare(column[kept], is_real[kept], units[kept]))
        for name, column in zip(names, values.T.astype(np.float64), strict=True)
        if (kept := ~np.isnan(column)).any()
    ]
    told = [(name, found) for name, found in known if found is not None]
    gaps = tuple(
        FactGap(
            name,
            found.separation,
            found.interval,
            found.p_value,
            1.0,
            False,
            found.real,
            found.synthetic,
        )
        for name, found in told
    )
    return corrected_together([gaps])[0]


def corrected_together(families: Sequence[tuple[FactGap, ...]]) -> list[tuple[FactGap, ...]]:
    """Correct the p-values of several comparisons for the number of all of them (Holm 1979)."""
    p_values = [gap.p_value for family in families for gap in family]
    adjusted = iter(holm(np.array(p_values, dtype=np.float64)).tolist())
    return [
        tuple(
            replace(gap, adjusted_p_value=value, beyond_chance=value < FAMILY_ERROR)
            for gap, value in zip(family, adjusted, strict=False)
        )
        for family in families
    ]


@dataclass(frozen=True, slots=True)
class _Comparison:
    separation: float
    interval: tuple[float, float]
    p_value: float
    real: float
    synthetic: float


def _compare(values: Float64Array, is_real: BoolArray, units: IdArray) -> _Comparison | None:
    units = np.unique(units, return_inverse=True)[1]
    sizes = np.bincount(units)
    weights = 1.0 / sizes[units]
    unit_is_real = np.bincount(units, is_real) > 0
    counts = int(unit_is_real.sum()), int((~unit_is_real).sum())
    if min(counts) < FEWEST_UNITS:
        return None
    below_real = _share_below(values, values[is_real], weights[is_real])
    below_synthetic = _share_below(values, values[~is_real], weights[~is_real])
    wins = np.bincount(units, weights * np.where(is_real, 1.0 - below_synthetic, below_real))
    separation = float(wins[~unit_is_real].mean())
    variance = sum(
        float(wins[side].var(ddof=1)) / count
        for side, count in zip((unit_is_real, ~unit_is_real), counts, strict=True)
    )
    independent = 1.0 / sum(1.0 / count for count in counts)
    size = effective_size(separation, variance, independent, min(counts))
    interval = wilson_interval(separation, size, student_quantile(min(counts) - 1))
    pooled: Float64Array = (counts[0] * below_real + counts[1] * below_synthetic) / sum(counts)
    return _Comparison(
        separation,
        interval,
        _p_value(np.bincount(units, weights * pooled).astype(np.float64), unit_is_real),
        _median(values[is_real], weights[is_real]),
        _median(values[~is_real], weights[~is_real]),
    )


def _share_below(values: Float64Array, others: Float64Array, weights: Float64Array) -> Float64Array:
    """Return the share of others that lies below each value, equal ones counting half."""
    order = np.argsort(others, kind="stable")
    ordered, sums = others[order], np.concatenate([[0.0], np.cumsum(weights[order])])
    below = sums[np.searchsorted(ordered, values, side="left")]
    up_to = sums[np.searchsorted(ordered, values, side="right")]
    return np.asarray(0.5 * (below + up_to) / sums[-1], dtype=np.float64)


def _p_value(ranks: Float64Array, is_real: BoolArray) -> float:
    """Compare the mean ranks of units with what relabelling them would give."""
    real, synthetic = ranks[is_real], ranks[~is_real]
    variance = float(ranks.var(ddof=1)) * (1.0 / len(real) + 1.0 / len(synthetic))
    if variance <= 0.0:
        return 1.0
    deviations = abs(float(synthetic.mean() - real.mean())) / math.sqrt(variance)
    return math.erfc(deviations / math.sqrt(2.0))


def _median(values: Float64Array, weights: Float64Array) -> float:
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(sums, 0.5 * sums[-1])])
