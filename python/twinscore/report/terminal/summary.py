"""The first screen: how good is it, and what comes next? The last thing that is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.cautions import headline
from twinscore.report.first_screen import bars_of, findings_of, gaps_of
from twinscore.report.terminal.bars import bar_table
from twinscore.report.terminal.details import print_details
from twinscore.report.terminal.slices import print_slices
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from rich.console import Console

    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.result import ScoreResult

WIDEST = 100
"""Columns of the first screen, however wide the terminal is."""

EXAMPLES = 2


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
    if verbose or result.slices:
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


def _print_next(result: ScoreResult, console: Console) -> None:
    synthetic = [row for row in result.samples.to_pylist() if row["side"] == "synthetic"]
    if result.p_value <= SIGNIFICANT:
        synthetic.sort(key=lambda row: (-row["giveaway"], row["name"]))
        _print_pairs("Look at these next", synthetic, console)
        return
    passing = [row for row in synthetic if row["nearest_side"] == "real"]
    passing.sort(key=lambda row: (row["nearest_real_distance"], row["name"]))
    _print_pairs("Closest to a real image", passing, console)


def _print_pairs(heading: str, rows: list[dict[str, Any]], console: Console) -> None:
    if not rows:
        return
    console.print(f"\n[bold]{heading}[/bold]", highlight=False)
    for row in rows[:EXAMPLES]:
        # Paths stay on one line each, however long: people copy them.
        console.print(f"  {escape(printable(row['name']))}", highlight=False, soft_wrap=True)
        nearest = f"    nearest real image: {escape(printable(row['nearest_real']))}"
        console.print(nearest, style="dim", highlight=False, soft_wrap=True)
