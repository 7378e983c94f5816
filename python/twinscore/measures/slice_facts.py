"""Facts of the images in each part of the synthetic side, against real images."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.measures.fact_gaps import FEWEST_UNITS, corrected_together, fact_gaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.measures.fact_gaps import FactGap


@dataclass(frozen=True, slots=True)
class SliceFacts:
    """The facts of one slice.

    Attributes
    ----------
    gaps
        Synthetic images of the slice against real ones, corrected for the facts of all slices of
        the column.
    against_same
        Whether the real ones are those of the same value; else they are all, for too few have it.
    """

    gaps: tuple[FactGap, ...]
    against_same: bool


def slice_facts(
    names: Sequence[str],
    facts: npt.NDArray[np.float32],
    is_real: BoolArray,
    units: IdArray,
    values: Sequence[str | None],
) -> dict[str, SliceFacts]:
    """Compare each slice with the real side.

    Parameters
    ----------
    names
        Length m, of facts.
    facts
        Shape (n, m); NaN where a fact is not known.
    is_real
        Shape (n,).
    units
        Shape (n,): images that are correlated share one and count as one.
    values
        Length u, of each unit; None is no slice.

    Returns
    -------
    By value. Those of fewer than five synthetic units, or without facts, are left out.
    """
    unit_is_real = np.bincount(units, is_real) > 0
    sides = list(zip(values, unit_is_real.tolist(), strict=True))
    real = Counter(value for value, is_of_real in sides if is_of_real)
    synthetic = Counter(value for value, is_of_real in sides if not is_of_real)
    numbers = {value: number for number, value in enumerate(dict.fromkeys(values))}
    codes = np.array([numbers[value] for value in values], dtype=np.int64)[units]
    told = sorted(
        value for value, count in synthetic.items() if value is not None and count >= FEWEST_UNITS
    )
    same = {value: real[value] >= FEWEST_UNITS for value in told}
    found = []
    for value in told:
        inside = codes == numbers[value]
        chosen = inside if same[value] else inside | is_real
        found.append(fact_gaps(names, facts[chosen], is_real[chosen], units[chosen]))
    return {
        value: SliceFacts(gaps, same[value])
        for value, gaps in zip(told, corrected_together(found), strict=True)
        if gaps
    }
