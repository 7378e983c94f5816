"""The first screen: how good is it, and what comes next? The last thing that is printed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.cautions import headline
from twinscore.report.first_screen import bars_of, findings_of, gaps_of
from twinscore.report.kinds import kinds_by_loss
from twinscore.report.terminal.bars import bar_table
from twinscore.report.terminal.classes import print_classes
from twinscore.report.terminal.details import print_details
from twinscore.report.terminal.slices import print_slices
from twinscore.scoring.notes import MANY_ALIKE
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from twinscore.report.kinds import Kind
    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.result import ScoreResult

WIDEST = 100
"""Columns of the first screen, however wide the terminal is."""

KINDS = 2


def print_summary(result: ScoreResult, console: Console, *, verbose: bool = False) -> None:
    """Print what to know first; above it what was asked for.

    Parameters
    ----------
    result
        Of all images.
    console
        Drawn on as wide as it is.
    verbose
        Print every figure and every caution in full as well.
    """
    console.print()
    if verbose:
        print_details(result, console)
    print_slices(result, console)
    print_classes(result, console)
    if verbose or result.slices or result.transfer:
        console.print()
    width = min(console.width, WIDEST)
    _print_sides(result, console, width)
    console.print(bar_table(bars_of(result), width))
    console.print()
    for finding in findings_of(result):
        console.print(Text(printable(finding)))
    _print_next(result, console)
    for gap in gaps_of(result):
        console.print(Text(printable(gap)))
    if not verbose:
        print_folded_cautions(result, console)
    _print_suggestion(result, console)


def print_folded_cautions(result: Estimate, console: Console) -> None:
    """Name the cautions in a line or two."""
    if not result.warnings:
        return
    count = len(result.warnings)
    named = "; ".join(dict.fromkeys(map(headline, result.warnings)))
    console.print()
    console.print(
        f"[yellow]{count} caution{'s' if count > 1 else ''}[/yellow] (--verbose explains): "
        f"{escape(printable(named))}",
        highlight=False,
    )


def _print_suggestion(result: ScoreResult, console: Console) -> None:
    """Say how to score again where images of one side depend on each other."""
    if result.suggested_group_by is not None:
        column = shlex.quote(printable(result.suggested_group_by))
        alike, option = f"Images of one {_kind_of_column(column)}", f"--group-by {column}"
    elif result.groups is None and any(
        result.near_duplicates[side] > MANY_ALIKE * images
        for side, images in (("real", result.n_real), ("synthetic", result.n_synthetic))
    ):
        alike, option = "Many images of one side", "--collapse-duplicates"
    else:
        return
    again = f"{alike} look alike: score again with [bold]{escape(option)}[/bold]"
    console.print(again, highlight=False)


def _print_sides(result: ScoreResult, console: Console, width: int) -> None:
    """Name the sides at the left and count their images at the right, on one line if that fits."""
    names = [result.inputs[side] or f"{side} images" for side in ("synthetic", "real")]
    sides = " against ".join(map(printable, names))
    counts = f"{result.n_real:,} real, {result.n_synthetic:,} synthetic images"
    if result.groups is not None:
        counts = (
            f"{counts[: -len(' images')]} images in {result.groups['real']:,} and "
            f"{result.groups['synthetic']:,} groups"
        )
    gap = width - len(sides) - len(counts)
    between = " " * gap if gap >= 2 else "\n"
    console.print(Text(sides, style="bold") + Text(between + counts), soft_wrap=True)
    console.print()


def _kind_of_column(column: str) -> str:
    return "folder" if column.startswith("folder") else f"value of {column}"


def _print_next(result: ScoreResult, console: Console) -> None:
    if result.p_value <= SIGNIFICANT:
        _print_kinds(kinds_by_loss(result)[:KINDS], console)
        return
    table = result.samples.slice(result.n_real)
    passing = [row for row in table.to_pylist() if row["nearest_side"] == "real"]
    passing.sort(key=lambda row: (row["nearest_real_distance"], row["name"]))
    if passing:
        console.print("\n[bold]Closest to a real image[/bold]", highlight=False)
    for row in passing[:KINDS]:
        _print_path(f"  {printable(row['name'])}", console)
        _print_path(f"    nearest real image: {printable(row['nearest_real'])}", console, dim=True)


def _print_kinds(kinds: Sequence[Kind], console: Console) -> None:
    """Name one image of each kind, and beside it the real image that it should look like."""
    console.print("\n[bold]Look at these next[/bold]", highlight=False)
    for number, kind in enumerate(kinds, start=1):
        weight = f"{kind.weight}: " if kind.weight else ""
        _print_path(f"  {number}  {weight}{printable(kind.name)}", console)
        _print_path(f"     nearest real image: {printable(kind.nearest_real)}", console, dim=True)


def _print_path(text: str, console: Console, *, dim: bool = False) -> None:
    """Keep a path on one line, however long: people copy it."""
    console.print(Text(text, style="dim" if dim else ""), soft_wrap=True)
