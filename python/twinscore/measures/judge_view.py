"""What goes with the verdict of the judge: facts, columns and kinds of images.

Of the images of one side, which does the judge take for what they are, and which not? Sides are
looked at apart: what differs between them is not what moves the judge within one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.measures.multiple_tests import holm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array, IdArray

FAMILY_ERROR = 0.05
FEWEST_UNITS = 8
"""Units that a value of a column has, and that all others have, before it is asked about."""


@dataclass(frozen=True, slots=True)
class JudgeClue:
    """Something that goes with the judge's verdict on synthetic images.

    Attributes
    ----------
    kind
        "fact", "column" or "alike".
    name, value
        Of the fact, or of the column and its value; of look-alikes, the image they are like.
    strength
        Rank correlation (Spearman) of the fact with the judge's probability of being synthetic;
        of a value, how much more often one of its images looks more synthetic than another one
        than the other way round. -1 to 1.
    adjusted_p_value
        After Holm's correction for all that was asked.
    images
        Synthetic images that have the value; of a fact, for which it is known.
    """

    kind: str
    name: str
    value: str
    strength: float
    adjusted_p_value: float
    images: int


def judge_clues(
    verdicts: Float64Array,
    units: IdArray,
    facts: Mapping[str, npt.NDArray[np.float32]],
    columns: Mapping[str, Sequence[str | None]],
    alike: Sequence[str | None] = (),
) -> tuple[JudgeClue, ...]:
    """Find what goes with the verdict, the strongest first; nothing that chance may explain.

    Parameters
    ----------
    verdicts
        Shape (n,): probability of being synthetic of each synthetic image.
    units
        Shape (n,): images that are correlated share one and count as one.
    facts
        By name, shape (n,); NaN where not known.
    columns
        By name, length n.
    alike
        Length n: which image stands for the look-alikes that each is one of; empty: not known.
    """
    units = np.unique(units, return_inverse=True)[1]
    asked = [
        clue
        for name, values in facts.items()
        if (clue := _of_fact(name, verdicts, values.astype(np.float64), units)) is not None
    ]
    named = [("column", column, values) for column, values in columns.items()]
    if alike:
        named.append(("alike", "", alike))
    for kind, column, values in named:
        labels = np.array(["" if value is None else value for value in values])
        for value in np.unique(labels[labels != ""]).tolist():
            clue = _of_value(verdicts, labels == value, units)
            if clue is not None:
                asked.append(replace(clue, kind=kind, name=column, value=value))
    adjusted = holm(np.array([clue.adjusted_p_value for clue in asked]))
    clues = [
        JudgeClue(clue.kind, clue.name, clue.value, clue.strength, float(p_value), clue.images)
        for clue, p_value in zip(asked, adjusted, strict=True)
        if p_value < FAMILY_ERROR
    ]
    return tuple(sorted(clues, key=lambda clue: (-abs(clue.strength), clue.name, clue.value)))


def _of_fact(
    name: str, verdicts: Float64Array, values: Float64Array, units: IdArray
) -> JudgeClue | None:
    known = ~np.isnan(values)
    unit_values, unit_verdicts = (
        _means(numbers[known], units[known]) for numbers in (values, verdicts)
    )
    if len(unit_values) < FEWEST_UNITS:
        return None
    first, second = _ranks(unit_values), _ranks(unit_verdicts)
    spread = float(first.std() * second.std())
    if spread == 0.0:
        return None
    strength = float(((first - first.mean()) * (second - second.mean())).mean()) / spread
    p_value = math.erfc(abs(strength) * math.sqrt((len(first) - 1) / 2.0))
    return JudgeClue("fact", name, "", strength, p_value, int(known.sum()))


def _of_value(
    verdicts: Float64Array, has: npt.NDArray[np.bool_], units: IdArray
) -> JudgeClue | None:
    """Compare units that have a value in most of their images with all others."""
    unit_verdicts = _means(verdicts, units)
    inside = _means(has.astype(np.float64), units) > 0.5
    counts = int(inside.sum()), int((~inside).sum())
    if min(counts) < FEWEST_UNITS:
        return None
    ranks = _ranks(unit_verdicts)
    difference = float(ranks[inside].mean() - ranks[~inside].mean())
    variance = float(ranks.var(ddof=1)) * (1.0 / counts[0] + 1.0 / counts[1])
    if variance <= 0.0:
        return None
    p_value = math.erfc(abs(difference) / math.sqrt(2.0 * variance))
    strength = 2.0 * difference / len(ranks)
    return JudgeClue("column", "", "", strength, p_value, int(has.sum()))


def _means(values: Float64Array, units: IdArray) -> Float64Array:
    places = np.unique(units, return_inverse=True)[1]
    return np.asarray(np.bincount(places, values) / np.bincount(places), dtype=np.float64)


def _ranks(values: Float64Array) -> Float64Array:
    """Rank from 1, equal values sharing the middle of their places."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts).astype(np.float64)
    return np.asarray((ends - 0.5 * (counts - 1))[places], dtype=np.float64)
