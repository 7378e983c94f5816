"""Bars of characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.report.bar import Bar

SCALE_WIDTH = 40
NARROWEST = 12
WIDEST = 20
ROOM_FOR_WORDS = 66
"""Columns that name, figure and remark of a bar take."""


def bar_text(value: float, width: int) -> Text:
    """Draw a share; what is below 0 or above 1 is drawn as 0 or 1."""
    filled = round(min(max(value, 0.0), 1.0) * width)
    return Text("█" * filled, style="bold") + Text("░" * (width - filled), style="dim")


def scale(score: float, console_width: int) -> Text:
    """Draw the score between told apart and perfectly mixed."""
    before, after = "told apart 0 ", " 1 perfectly mixed"
    width = min(SCALE_WIDTH, console_width - len(before) - len(after))
    return Text(before) + bar_text(score, width) + Text(after)


def bar_table(bars: Sequence[Bar], console_width: int) -> Table:
    """Lay out bars below each other; narrow terminals get the figures alone.

    Parameters
    ----------
    bars
        From `bars_of`.
    console_width
        In characters.
    """
    width = min(console_width - ROOM_FOR_WORDS, WIDEST)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    if width >= NARROWEST:
        table.add_column(no_wrap=True)
    table.add_column()
    for bar in bars:
        drawn = [bar_text(bar.value, width) if bar.value is not None else Text("")]
        table.add_row(
            Text(bar.name, style="bold"),
            Text(bar.figure, style="bold"),
            *(drawn if width >= NARROWEST else ()),
            Text(printable(bar.remark)),
        )
    return table
