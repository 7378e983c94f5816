"""Richness of two synthetic sets, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.comparison.independent import independent_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

FIGURES = ("coverage", "on_domain", "worth")


@dataclass(frozen=True, slots=True)
class RichnessDifference:
    """How much richer the second set is.

    Attributes
    ----------
    figure
        "coverage", "on_domain" or "worth", see `Richness`.
    first, second, difference
        Of each set, with all its images, and second less first.
    interval
        95 %, from the intervals of both as if they were independent (MOVER, Zou and Donner 2008):
        rather too wide than too narrow, as both sets share the real images.
    """

    figure: str
    first: float
    second: float
    difference: float
    interval: tuple[float, float]

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.interval[0] > 0.0 or self.interval[1] < 0.0


def richness_differences(
    first: Mapping[str, Any] | None, second: Mapping[str, Any] | None
) -> tuple[RichnessDifference, ...]:
    """Compare the richness of two results.

    Parameters
    ----------
    first, second
        The key `richness` of `result.json`.

    Returns
    -------
    Empty where one of them has none.
    """
    if not first or not second or "coverage" not in first or "coverage" not in second:
        return ()
    found = []
    for name in FIGURES:
        before, after = float(first[name]), float(second[name])
        intervals = [tuple(side["intervals"][name]) for side in (first, second)]
        interval = independent_interval(before, intervals[0], after, intervals[1])
        found.append(RichnessDifference(name, before, after, after - before, interval))
    return tuple(found)
