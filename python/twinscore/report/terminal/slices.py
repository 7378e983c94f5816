"""The scores of slices, a table per column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.slice_fact_words import slice_fact_words
from twinscore.report.view_words import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from twinscore.measures.slices import SliceScore
    from twinscore.scoring.result import ScoreResult

MOST_SLICES = 20
MOST_TOLD = 5
"""Slices whose strongest fact is told."""


def print_slices(result: ScoreResult, console: Console) -> None:
    """Print the slices of each column asked for, lowest scores first; then those of other views."""
    _print_slices(result.slices, "Images", console)
    for name, of_view in (result.views or {}).items():
        if of_view.slices and of_view.slices != result.slices:
            console.print(Text(f"{NAMES[name]}, in slices", style="bold"))
            _print_slices(of_view.slices, "Groups" if of_view.groups else "Images", console)


def _print_slices(slices: Sequence[SliceScore], counted: str, console: Console) -> None:
    for column in dict.fromkeys(part.column for part in slices):
        parts = [part for part in slices if part.column == column]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(Text(printable(column)))
        for heading in (counted, "Score", "95% interval", "p, corrected", ""):
            table.add_column(heading, justify="right", no_wrap=True)
        for part in parts[:MOST_SLICES]:
            low, high = part.interval
            table.add_row(
                Text(printable(part.value)),
                f"{part.n_synthetic:,}",
                f"{part.score:.3f}",
                f"{low:.2f} to {high:.2f}",
                f"{part.adjusted_p_value:.2g}",
                _slice_note(part),
            )
        console.print(table)
        if len(parts) > MOST_SLICES:
            console.print(f"and {len(parts) - MOST_SLICES:,} more with higher scores")
        _print_facts(parts, console)


def _print_facts(parts: list[SliceScore], console: Console) -> None:
    """Print in which facts the lowest slices differ from real images, a line each."""
    told = [(part, words) for part in parts if (words := slice_fact_words(part, most=1))]
    for part, words in told[:MOST_TOLD]:
        console.print(f"  {printable(part.value)}: renders are {words[0]}", markup=False)
    if len(told) > MOST_TOLD:
        console.print(f"  and {len(told) - MOST_TOLD:,} more slices that differ in such facts")


def _slice_note(part: SliceScore) -> str:
    if part.worse:
        return "worse than the rest"
    return "rarer among real images" if part.scarce else ""
