"""Several synthetic sets against one real set, a row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.figures import p_value_text
from twinscore.report.terminal.bars import bar_text
from twinscore.report.terminal.details import overlap_text

if TYPE_CHECKING:
    from rich.console import Console

    from twinscore.scoring.result import ScoreResult

COMPARISON_WIDTH = 12


def print_comparison(results: list[tuple[str, str, ScoreResult]], console: Console) -> None:
    """Print (name, description, result) of several synthetic sets, a row each."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Twin")
    for heading in ("Score", "Overlap", "p"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(f"{'0':<{COMPARISON_WIDTH - 1}}1", no_wrap=True)
    for name, description, result in results:
        table.add_row(
            Text(f"{printable(name)}\n").append(printable(description), style="dim"),
            f"{result.score:.3f}",
            overlap_text(result.overlap),
            p_value_text(result.p_value).removeprefix("p ").removeprefix("= "),
            bar_text(result.score, COMPARISON_WIDTH),
        )
    first = results[0][2]
    low, high = first.null_interval
    console.print(table)
    console.print(
        f"{first.n_real:,} real and {first.n_synthetic:,} synthetic images each. "
        f"A perfect twin would score {max(low, 0.0):.2f} to {high:.2f}.",
        highlight=False,
    )
