"""The views of annotated images: a table with a row for each, and for each class of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.view_words import HEADINGS, NAMES, shown_views

if TYPE_CHECKING:
    from rich.console import Console

    from twinscore.scoring.result import ScoreResult

MOST_CLASSES = 12
"""Classes that are shown; the JSON holds all."""


def print_views(result: ScoreResult, console: Console) -> None:
    """Print the views, where there are any, the classes with the most objects first."""
    rows = shown_views(result)
    if not rows:
        return
    # Without lines it fits a terminal of 80 columns; a long name of a class goes on below.
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", min_width=max(map(len, NAMES.values())), overflow="fold")
    for heading in HEADINGS:
        table.add_column(heading.partition(",")[0], justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    classes = [row for row in rows if row.is_class]
    hidden = {row.name for row in classes[MOST_CLASSES:]}
    for row in rows:
        if row.is_class and row.name in hidden:
            continue
        name = Text(f"  {printable(row.name)}" if row.is_class else row.name)
        table.add_row(name, *row.cells, row.standing)
    console.print(table)
    if hidden:
        console.print(f"and {len(hidden):,} classes of fewer objects")
