"""Richness on the page: the second bar, its figures, gaps beside what comes nearest, the knee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.measures.richness import Richness
from twinscore.report.page.charts import curve
from twinscore.report.page.document import place_on_scale
from twinscore.report.page.key_figures import KeyFigure
from twinscore.report.page.profile_charts import ProfileChart
from twinscore.report.richness_words import (
    barred,
    beside_the_bar,
    figures,
    gap_slices,
    instead_of_the_bar,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.measures.richness import RichnessUntold
    from twinscore.measures.richness_slices import RichnessSlice

END = 1.25
"""Of the scale, as that of the score."""


@dataclass(frozen=True, slots=True)
class RichnessSection:
    """What the page says of richness.

    Attributes
    ----------
    coverage, words
        Of the bar; no coverage: the words say why there is no bar.
    places
        In percent: "coverage", "interval", "twin", "one".
    figures
        Beside the bar.
    slices
        Values of columns with their coverage, those reached least first.
    gaps
        How many of them are reached less than the rest.
    """

    coverage: float | None
    words: str
    places: dict[str, float | tuple[float, float]]
    figures: tuple[KeyFigure, ...]
    slices: tuple[RichnessSlice, ...]
    gaps: int


def richness_section(richness: Richness | RichnessUntold | None) -> RichnessSection | None:
    """Put richness into words and places; None where it was not asked for."""
    if richness is None:
        return None
    told = figures(richness) if isinstance(richness, Richness) else ()
    shown = tuple(KeyFigure(*figure) for figure in told)
    with_bar = barred(richness)
    if with_bar is None:
        return RichnessSection(None, instead_of_the_bar(richness), {}, shown, (), 0)
    places: dict[str, float | tuple[float, float]] = {
        "coverage": place_on_scale(with_bar.coverage, END),
        "interval": _span(with_bar.intervals["coverage"]),
        "twin": _span(with_bar.twin["coverage"]),
        "one": place_on_scale(1.0, END),
    }
    slices = tuple(part for part in with_bar.slices if part.coverage is not None)
    return RichnessSection(
        with_bar.coverage,
        beside_the_bar(with_bar),
        places,
        shown,
        slices,
        len(gap_slices(with_bar)),
    )


def tension_chart(richness: Richness | RichnessUntold | None) -> Iterator[ProfileChart]:
    """Draw score and coverage of the most realistic images alone."""
    if not isinstance(richness, Richness) or len(richness.tension) < 2:
        return
    steps = sorted(richness.tension, key=lambda step: step["share"])
    worth = ", ".join(f"{step['share']:.0%}: {step['worth']:,.0f}" for step in steps)
    yield ProfileChart(
        "tension",
        "Realism against richness",
        "Only the most realistic share of the synthetic images is kept. Where the coverage falls "
        "while the score still rises, realism costs richness; a score above 1 is due to the "
        f"choice. Worth in photographs, at {worth}.",
        curve(
            [step["share"] for step in steps],
            [step["score"] for step in steps],
            x_title="share of the synthetic images kept",
            y_title="score, coverage",
            x_labels=[f"{step['share']:.0%}" for step in steps],
            second=("coverage", [min(step["coverage"], 1.0) for step in steps]),
        ),
    )


def _span(interval: tuple[float, float]) -> tuple[float, float]:
    return place_on_scale(interval[0], END), place_on_scale(interval[1], END)
