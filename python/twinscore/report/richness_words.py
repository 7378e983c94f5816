"""Richness in words, the same in the terminal and on the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twinscore.measures.richness import Richness, RichnessUntold
from twinscore.report.bar import Bar
from twinscore.report.figures import as_sure_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.comparison.richness_differences import RichnessDifference
    from twinscore.measures.richness_slices import RichnessSlice
    from twinscore.scoring.result import ScoreResult

MOST_SLICES = 5

WIDER_THAN_CHANCE = 1.2
"""Yield from which on a set is said to be narrower than reality, where its interval agrees."""


def barred(richness: Richness | RichnessUntold | None) -> Richness | None:
    """Return the richness that a bar may show: told, and not hidden behind a gap in style."""
    if isinstance(richness, Richness) and not richness.domain_gap:
        return richness
    return None


def beside_the_bar(richness: Richness) -> str:
    """Say how sure the coverage is, and what the images are worth."""
    low, high = richness.intervals["coverage"]
    return f"{low:.2f} to {high:.2f}, worth {photographs(richness)} photographs"


def instead_of_the_bar(richness: Richness | RichnessUntold) -> str:
    """Say in one line why there is no bar, and what to do."""
    if isinstance(richness, RichnessUntold):
        return f"not told: {richness.reason}"
    return (
        f"close the domain gap first: {richness.on_domain:.0%} of the synthetic images lie where "
        "real ones do; look at those that give the twin away"
    )


def photographs(richness: Richness) -> str:
    """Round the worth to what its interval allows."""
    low, high = richness.intervals["worth"]
    width = max(high - low, 2.0)
    step = 10 ** math.floor(math.log10(width / 2.0))
    return f"{round(richness.worth / step) * step:,}"


def figures(richness: Richness) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and meaning of each figure beside the coverage."""
    intervals, units = richness.intervals, richness.units
    if not richness.domain_gap:
        least, most = richness.twin["coverage"]
        yield (
            "Coverage",
            f"{richness.coverage:.0%}",
            "of reality lies within reach of this recipe; a perfect twin would read "
            f"{least:.0%} to {most:.0%}",
        )
    yield (
        "Covered now",
        f"{richness.covered_now:.0%}",
        f"of reality; {_next(richness)}",
    )
    low, high = intervals["on_domain"]
    yield (
        "On-domain",
        f"{richness.on_domain:.0%}",
        f"of the synthetic images lie where real ones do ({low:.0%} to {high:.0%}); "
        "the others are foreign",
    )
    low, high = intervals["worth"]
    yield (
        "Worth",
        f"{photographs(richness)} photographs",
        f"would bring reality as near as {units['synthetic']:,} synthetic ones "
        f"({low:,.0f} to {high:,.0f}){_narrow(richness)}",
    )
    yield (
        "Distinct",
        f"{richness.distinct:,}",
        f"synthetic images count; {richness.redundancy:.0%} repeat others",
    )
    low, high = intervals["copied"]
    yield (
        "Copied",
        f"{richness.copied:.0%}",
        f"of the synthetic images lie nearer to a real one than these to each other "
        f"({low:.0%} to {high:.0%})",
    )


def gap_sentence(richness: Richness, *, example: bool = True) -> str | None:
    """Say how many real images nothing comes near, and name one; None where chance explains it."""
    within_chance = richness.intervals["coverage"][1] >= 1.0
    if richness.domain_gap or not richness.gap_examples or within_chance:
        return None
    images = "photograph that no synthetic image comes near"
    if richness.gaps > 1:
        images = "photographs that no synthetic image comes near"
    like = f", like {richness.gap_examples[0].name}" if example else ""
    return f"{richness.gaps:,} {images}{like}"


def gap_slices(richness: Richness) -> list[RichnessSlice]:
    """Return the values of columns that are reached less than the rest, the least first."""
    found = [] if richness.domain_gap else [part for part in richness.slices if part.is_gap]
    return sorted(found, key=lambda part: (part.coverage or 0.0, part.column, part.value))


def slice_sentence(part: RichnessSlice) -> str:
    """Say how much of the real images of a value is reached."""
    low, high = part.coverage_interval or (0.0, 1.0)
    return (
        f"{part.column} {part.value}: {part.coverage or 0.0:.0%} of {part.n_real:,} real images "
        f"reached ({low:.0%} to {high:.0%})"
    )


def richness_difference(part: RichnessDifference) -> str:
    """Say how much richer the second of two sets is in one figure."""
    names = {"coverage": "Coverage", "on_domain": "On-domain", "worth": "Worth in photographs"}
    low, high = part.interval
    digits = 0 if part.figure == "worth" else 2
    beyond = "" if part.is_beyond_chance else ", within chance"
    return (
        f"{names[part.figure]} {part.first:.{digits}f} before, {part.second:.{digits}f} now: "
        f"{part.difference:+.{digits}f} ({low:+.{digits}f} to {high:+.{digits}f}){beyond}"
    )


def richness_bar(result: ScoreResult) -> Bar | None:
    """Show how much of reality is reached, or say in its place why that cannot be told."""
    found = result.richness
    if found is None:
        return None
    told = barred(found)
    if told is None:
        return Bar("Richness", None, "", instead_of_the_bar(found))
    interval = told.intervals["coverage"]
    return Bar("Richness", told.coverage, as_sure_as(told.coverage, interval), beside_the_bar(told))


def gaps_in_reality(result: ScoreResult) -> Iterator[str]:
    """Name real images that nothing comes near."""
    return gap_lines(result.richness)


def richness_rows(richness: Richness | RichnessUntold | None) -> Iterator[tuple[str, str]]:
    """Yield name and words of the figures beside the bar."""
    if isinstance(richness, Richness):
        for name, value, meaning in figures(richness):
            yield name, f"{value} {meaning}"


def gap_lines(richness: Richness | RichnessUntold | None) -> Iterator[str]:
    """Yield what no synthetic image comes near, and the values of columns that lie there."""
    if not isinstance(richness, Richness):
        return
    sentence = gap_sentence(richness)
    if sentence is not None:
        yield f"Gaps: {sentence}"
    for part in gap_slices(richness)[:MOST_SLICES]:
        yield f"  {slice_sentence(part)}"


def _next(richness: Richness) -> str:
    step = min(richness.next_, key=lambda step: abs(step["images"] - richness.units["synthetic"]))
    missing = 1.0 - richness.coverage
    gain = f"{step['images']:,.0f} more of the same recipe would add {step['gain']:.0%}"
    if missing > 0.05 and step["gain"] < 0.01:
        return f"{gain}: the rest needs another recipe, not more images"
    return gain


def _narrow(richness: Richness) -> str:
    if richness.yield_ > WIDER_THAN_CHANCE and richness.intervals["yield"][0] > 1.0:
        return (
            "; each brings reality nearer than a photograph would: narrower than reality, or copies"
        )
    return ""
