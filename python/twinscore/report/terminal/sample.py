"""The summary of a score that was read from a sample of the images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.score_range import closeness_rows
from twinscore.report.terminal.bars import scale
from twinscore.report.terminal.details import judge_row, overlap_text, print_cautions
from twinscore.report.terminal.summary import folded_cautions

if TYPE_CHECKING:
    from rich.console import Console

    from twinscore.scoring.result import SampledResult


def print_sampled_summary(
    result: SampledResult, console: Console, *, verbose: bool = False
) -> None:
    """Print what the score rests on, then the score and how near it is to that of all images."""
    low, high = result.sampling["interval"]
    console.print()
    table = Table.grid(padding=(0, 2))
    rows = [
        ("Images", f"{result.n_real:,} real, {result.n_synthetic:,} synthetic"),
        (
            "Sampled",
            f"{result.sampling['queries']:,} synthetic images, each against all others, in "
            f"{result.sampling['looks'][-1]['seconds']:.1f} s",
        ),
        (
            "Neighbors",
            f"{result.observed_real_fraction:.1%} real around synthetic images, "
            f"{result.expected_real_fraction:.1%} if mixed",
        ),
        (
            "Overlap",
            f"{overlap_text(result.overlap)}, the share of synthetic images that could be real "
            "ones",
        ),
        judge_row(result.judge),
        *closeness_rows(result.closeness),
        ("Not computed", "p-value and all that needs the neighbors of every image"),
    ]
    if result.choice is not None:
        rows.append(("Chosen", f"backend {result.backend}; {result.choice}"))
    for name, value in rows:
        table.add_row(Text(name, style="dim"), Text(printable(value)))
    console.print(table)
    if verbose:
        print_cautions(result, console)
    console.print(
        f"\n[bold]Indistinguishability Score  {result.score:.3f}[/bold] ± {(high - low) / 2:.3f}",
        highlight=False,
    )
    console.print(scale(result.score, console.width))
    console.print(result.verdict, highlight=False)
    console.print(f"All images would score {low:.3f} to {high:.3f} (95% interval).")
    if result.warnings and not verbose:
        console.print(folded_cautions(result, console))
