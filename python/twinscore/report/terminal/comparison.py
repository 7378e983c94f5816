"""The summary of a comparison on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.intentionality import domain_lines
from twinscore.report.richness_words import richness_difference
from twinscore.report.score_range import closeness_change
from twinscore.report.view_words import DIFFERENCE_HEADINGS, difference_cells, view_name
from twinscore.report.views_over_runs import views_over_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from twinscore.comparison import Comparison
    from twinscore.report.page.history_page import Run

MOVED_SHOWN = 3
MOST_VIEWS = 6
"""Columns of a history that a terminal has room for; the page shows all."""


def print_difference(comparison: Comparison, console: Console) -> None:
    """Print the difference, how sure it is, the slices and the images that moved most."""
    low, high = comparison.interval
    console.print(
        f"\n[bold]Difference {comparison.difference:+.3f}[/bold]  95% interval {low:+.3f} to "
        f"{high:+.3f}, p = {comparison.p_value:.2g}",
        highlight=False,
    )
    console.print(f"{escape(printable(comparison.verdict))}\n", highlight=False)
    for name, score, count in (
        (comparison.first_name, comparison.first, comparison.n_first),
        (comparison.second_name, comparison.second, comparison.n_second),
    ):
        console.print(
            f"  {score:.3f}  {escape(printable(name))} ({count:,})", highlight=False, soft_wrap=True
        )
    if comparison.facts:
        said = ", ".join(change.sentence for change in comparison.facts)
        console.print(f"\nIn the images: {said}.", highlight=False)
    if comparison.closeness is not None:
        console.print(f"  {closeness_change(comparison.closeness)}", highlight=False)
    for part in comparison.richness:
        console.print(f"  {richness_difference(part)}", highlight=False)
    if comparison.domain is not None:
        for line in domain_lines(comparison.domain):
            console.print(Text(printable(line)))
    for warning in comparison.warnings:
        console.print(f"[yellow]Note:[/yellow] {escape(printable(warning))}", highlight=False)
    if comparison.views:
        console.print()
        console.print(_views(comparison))
    if comparison.slices:
        console.print(_slices(comparison))
    moved = [image for image in comparison.moved if image.change != 0.0][:MOVED_SHOWN]
    if moved:
        console.print("\n[bold]Moved most[/bold]", highlight=False)
    for image in moved:
        direction = "less" if image.change < 0.0 else "more"
        console.print(f"  {escape(printable(image.second))}", highlight=False, soft_wrap=True)
        console.print(
            f"    gives itself away {direction}: {image.giveaway_first:.2f} before, "
            f"{image.giveaway_second:.2f} now",
            style="dim",
            highlight=False,
        )


def _views(comparison: Comparison) -> Table:
    # One column less of padding: as wide as 80 columns have room for.
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("View", overflow="fold")
    for heading in DIFFERENCE_HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in comparison.views:
        name = printable(view_name(row.view, row.class_name))
        table.add_row(Text(name), *difference_cells(row))
    return table


def _slices(comparison: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Slice")
    for heading in ("First", "Second", "Difference", "p, corrected"):
        table.add_column(heading, justify="right", no_wrap=True)
    for item in comparison.slices:
        p_value = item.adjusted_p_value
        table.add_row(
            Text(printable(item.slice)),
            f"{item.first:.3f}",
            f"{item.second:.3f}",
            f"{item.difference:+.3f}",
            "-" if math.isnan(p_value) else f"{p_value:.2g}",
        )
    return table


def print_history(runs: Sequence[Run], warnings: Sequence[str], console: Console) -> None:
    """Print a row for each run, with its step from the one before."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Run", overflow="fold")
    for heading in ("Score", "95% interval", "Overlap", "Coverage", "Change", "p"):
        table.add_column(heading, justify="right", no_wrap=True)
    for run in runs:
        interval = run.interval
        overlap = run.fields["overlap"]
        table.add_row(
            Text(printable(run.name)),
            f"{run.fields['score']:.3f}",
            "-" if interval is None else f"{interval[0]:.2f} to {interval[1]:.2f}",
            "above 1" if overlap is None or overlap > 1.0 else f"{overlap:.3f}",
            "-" if run.coverage is None else f"{run.coverage:.2f}",
            "-" if run.change is None else f"{run.change:+.3f}",
            "-" if run.p_value is None else f"{run.p_value:.2g}",
        )
    console.print(table)
    views = views_over_runs([run.fields for run in runs])
    if views:
        console.print(_views_of_runs(views, runs))
    for warning in warnings:
        console.print(f"[yellow]Note:[/yellow] {escape(printable(warning))}", highlight=False)


def _views_of_runs(views: Sequence[tuple[str, list[float | None]]], runs: Sequence[Run]) -> Table:
    """Show the score of each view in each run, a row a run."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Run", overflow="fold")
    for name, _ in views[:MOST_VIEWS]:
        table.add_column(Text(printable(name)), justify="right")
    for number, run in enumerate(runs):
        scores = (scores[number] for _, scores in views[:MOST_VIEWS])
        cells = ("-" if score is None else f"{score:.3f}" for score in scores)
        table.add_row(Text(printable(run.name)), *cells)
    return table
