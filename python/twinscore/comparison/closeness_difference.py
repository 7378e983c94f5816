"""Closeness of two synthetic sets, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.comparison.independent import independent_difference

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class ClosenessDifference:
    """How much closer the second set lies to the real images.

    Attributes
    ----------
    first, second, difference
        Of each set, with all its images, and second less first.
    interval, p_value
        95 % and two-sided, from the intervals of both as if they were independent (MOVER, Zou and
        Donner 2008): rather too wide than too narrow, as both sets share the real images.
    """

    first: float
    second: float
    difference: float
    interval: tuple[float, float]
    p_value: float

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the sets differ by more than chance."""
        return self.p_value < SIGNIFICANT


def closeness_difference(
    first: Mapping[str, Any] | None, second: Mapping[str, Any] | None
) -> ClosenessDifference | None:
    """Compare the closeness of two results.

    Parameters
    ----------
    first, second
        The key `closeness` of `result.json`.

    Returns
    -------
    None where one of them has none.
    """
    if not first or not second:
        return None
    values = [float(side["value"]) for side in (first, second)]
    intervals = [
        (float(side["interval"][0]), float(side["interval"][1])) for side in (first, second)
    ]
    interval, p_value = independent_difference(values[0], intervals[0], values[1], intervals[1])
    return ClosenessDifference(values[0], values[1], values[1] - values[0], interval, p_value)
