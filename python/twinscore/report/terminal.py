"""The summary that a twin artist reads first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from twinscore.result import ScoreResult

SCALE_WIDTH = 40
COMPARISON_WIDTH = 22
EXAMPLES = 3
SIGNIFICANT = 0.05
COPIES_SUSPECTED = 1.2


def print_summary(result: ScoreResult, console: Console) -> None:
    """Print score, what it means, how sure it is, and what to look at next."""
    console.print()
    console.print(f"[bold]Indistinguishability Score  {result.score:.3f}[/bold]", highlight=False)
    console.print(_scale(result.score))
    console.print(f"{verdict(result)}\n", highlight=False)
    console.print(_figures(result))
    for warning in result.warnings:
        console.print(f"[yellow]Note:[/yellow] {escape(warning)}", highlight=False)
    _print_next(result, console)


def print_comparison(results: list[tuple[str, str, ScoreResult]], console: Console) -> None:
    """Print (name, description, result) of several synthetic sets, a row each."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column("Twin")
    for heading in ("Score", "Overlap", "p", "Images"):
        table.add_column(heading, justify="right")
    table.add_column("0 told apart · mixed 1")
    for name, description, result in results:
        table.add_row(
            Text(f"{name}\n").append(description, style="dim"),
            f"{result.score:.3f}",
            f"{result.overlap:.3f}",
            f"{result.p_value:.2g}",
            f"{result.n_real} + {result.n_synthetic}",
            _bar(result.score, COMPARISON_WIDTH),
        )
    low, high = results[0][2].null_interval
    console.print(table)
    console.print(f"A flawless twin of this many images would score {low:.2f} to {high:.2f}.")


def verdict(result: ScoreResult) -> str:
    """Say in one sentence what the score means."""
    low, high = result.null_interval
    if result.score > max(high, COPIES_SUSPECTED):
        return (
            "Synthetic images sit closer to real ones than chance allows: "
            "look for copies or leakage."
        )
    if result.p_value > SIGNIFICANT:
        return (
            "No difference found: with this many images, a perfect twin would score between "
            f"{max(low, 0.0):.2f} and {high:.2f}."
        )
    share = f"{min(result.overlap, 1.0):.0%}"
    if result.score < 0.05:
        return "Almost every synthetic image can be told from the real ones."
    return f"Told apart: about {share} of the synthetic images could pass for real ones."


def _scale(score: float) -> Text:
    return Text("told apart 0 ") + _bar(score, SCALE_WIDTH) + Text(" 1 perfectly mixed")


def _bar(score: float, width: int) -> Text:
    filled = round(min(max(score, 0.0), 1.0) * width)
    return Text("█" * filled, style="bold") + Text("░" * (width - filled), style="dim")


def _figures(result: ScoreResult) -> Table:
    low, high = result.null_interval
    table = Table.grid(padding=(0, 2))
    rows = [
        (
            "Real neighbors",
            f"{result.observed_real_fraction:.1%} of the neighbors of synthetic images, "
            f"{result.expected_real_fraction:.1%} expected",
        ),
        ("Overlap", f"{result.overlap:.3f}, the score without the influence of the ratio of sides"),
        ("Chance", f"p = {result.p_value:.2g}; a perfect twin scores {low:.2f} to {high:.2f}"),
        ("From the real side", f"{result.reverse_score:.3f}"),
        ("Images", f"{result.n_real:,} real, {result.n_synthetic:,} synthetic{_groups(result)}"),
    ]
    if result.groups is not None:
        rows.append(("All images at once", f"{result.pooled_score:.3f}, own group left out"))
    for name, value in rows:
        table.add_row(Text(name, style="dim"), Text(value))
    return table


def _groups(result: ScoreResult) -> str:
    if result.groups is None:
        return ""
    return (
        f" in {result.groups['real']:,} and {result.groups['synthetic']:,} groups "
        "(a group counts as one)"
    )


def _print_next(result: ScoreResult, console: Console) -> None:
    synthetic = [row for row in result.samples.to_pylist() if row["side"] == "synthetic"]
    ranked = sorted(synthetic, key=lambda row: (-row["giveaway"], row["name"]))
    if result.p_value <= SIGNIFICANT:
        console.print("\n[bold]Look at next[/bold]: these give the twin away most", highlight=False)
        for row in ranked[:EXAMPLES]:
            console.print(
                f"  {escape(row['name'])}  (nearest real image: {escape(row['nearest_real'])})",
                highlight=False,
                soft_wrap=True,
            )
    passing = [row for row in reversed(ranked) if row["nearest_side"] == "real"]
    if passing:
        console.print("[bold]Closest to real[/bold]", highlight=False)
        for row in passing[:EXAMPLES]:
            console.print(
                f"  {escape(row['name'])}  (beside {escape(row['nearest_real'])})",
                highlight=False,
                soft_wrap=True,
            )
