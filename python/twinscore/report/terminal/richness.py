"""Richness in the terminal: the second bar, its figures, the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from twinscore.base.printable import printable
from twinscore.measures.richness import Richness
from twinscore.report.richness_words import (
    barred,
    beside_the_bar,
    figures,
    gap_sentence,
    gap_slices,
    instead_of_the_bar,
    slice_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.measures.richness import RichnessUntold

    AnyRichness = Richness | RichnessUntold | None

NAME = "Richness"
BAR_WIDTH = 20
NARROWEST_BAR = 10
MOST_SLICES = 5


def richness_bar(richness: AnyRichness, name_width: int = 22, width: int = 80) -> Text | None:
    """Draw coverage as a bar, or say in its place why there is none; None if not asked for.

    Parameters
    ----------
    richness
        Of a result.
    name_width
        Columns that the name takes.
    width
        Of the terminal: the bar leaves room for the words.
    """
    if richness is None:
        return None
    name = f"{NAME:<{name_width}}"
    told = barred(richness)
    if told is None:
        return Text(f"{name}{printable(instead_of_the_bar(richness))}")
    start, words = f"{name}{told.coverage:.2f}  ", f"  {beside_the_bar(told)}"
    bar_width = min(max(width - len(start) - len(words), NARROWEST_BAR), BAR_WIDTH)
    filled = round(told.coverage * bar_width)
    return (
        Text(start)
        + Text("█" * filled, style="bold")
        + Text("░" * (bar_width - filled), style="dim")
        + Text(words)
    )


def richness_rows(richness: AnyRichness) -> Iterator[tuple[str, str]]:
    """Yield name and words of the figures beside the bar."""
    if isinstance(richness, Richness):
        for name, value, meaning in figures(richness):
            yield name, f"{value} {meaning}"


def gap_lines(richness: AnyRichness) -> Iterator[str]:
    """Yield what no synthetic image comes near, and the values of columns that lie there."""
    if not isinstance(richness, Richness):
        return
    sentence = gap_sentence(richness)
    if sentence is not None:
        yield f"Gaps: {printable(sentence)}"
    for part in gap_slices(richness)[:MOST_SLICES]:
        yield f"  {printable(slice_sentence(part))}"
