"""The summary that a twin artist reads first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.terminal.richness import gap_lines, richness_bar, richness_rows
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from twinscore.measures.judge import Judge
    from twinscore.measures.slices import SliceScore
    from twinscore.scoring.result import ScoreResult

SCALE_WIDTH = 40
COMPARISON_WIDTH = 12
EXAMPLES = 3
MOST_SLICES = 20


def print_summary(result: ScoreResult, console: Console) -> None:
    """Print score, what it means, how sure it is, and what to look at next."""
    console.print()
    low, high = result.interval
    console.print(
        f"[bold]Indistinguishability Score  {result.score:.3f}[/bold]"
        f"   95 % interval {low:.3f} to {high:.3f}",
        highlight=False,
    )
    console.print(scale(result.score, console.width))
    bar = richness_bar(result.richness, width=console.width)
    if bar is not None:
        console.print(bar)
    console.print(f"{result.verdict}\n", highlight=False)
    console.print(_figures(result))
    for warning in result.warnings:
        console.print(f"[yellow]Note:[/yellow] {escape(printable(warning))}", highlight=False)
    _print_slices(result, console)
    _print_next(result, console)
    for line in gap_lines(result.richness):
        console.print(escape(line), highlight=False, soft_wrap=True)


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
            _overlap(result),
            f"{result.p_value:.2g}",
            _bar(result.score, COMPARISON_WIDTH),
        )
    first = results[0][2]
    low, high = first.null_interval
    console.print(table)
    console.print(
        f"{first.n_real:,} real and {first.n_synthetic:,} synthetic images each. "
        f"A perfect twin would score {max(low, 0.0):.2f} to {high:.2f}.",
        highlight=False,
    )


def judge_row(judge: Judge) -> tuple[str, str]:
    """Say how often the impartial judge is right."""
    low, high = judge.interval
    return (
        "Judge",
        f"right on {judge.accuracy:.0%} of images it never saw ({low:.0%} to {high:.0%}, "
        f"p = {judge.p_value:.2g}; 50% is guessing)",
    )


def scale(score: float, console_width: int) -> Text:
    """Draw the score between told apart and perfectly mixed."""
    before, after = "told apart 0 ", " 1 perfectly mixed"
    width = min(SCALE_WIDTH, console_width - len(before) - len(after))
    return Text(before) + _bar(score, width) + Text(after)


def _bar(score: float, width: int) -> Text:
    filled = round(min(max(score, 0.0), 1.0) * width)
    return Text("█" * filled, style="bold") + Text("░" * (width - filled), style="dim")


def _figures(result: ScoreResult) -> Table:
    low, high = result.null_interval
    table = Table.grid(padding=(0, 2))
    rows = [
        ("Images", f"{result.n_real:,} real, {result.n_synthetic:,} synthetic{_groups(result)}"),
        (
            "Neighbors",
            f"{result.observed_real_fraction:.1%} real around synthetic images, "
            f"{result.expected_real_fraction:.1%} if mixed",
        ),
        (
            "Overlap",
            f"{_overlap(result)}, the share of synthetic images that could be real ones"
            f"{_overlap_interval(result)}",
        ),
        (
            "Chance",
            f"p = {result.p_value:.2g}, a perfect twin would score {max(low, 0.0):.2f} "
            f"to {high:.2f}",
        ),
        ("Other way round", f"{result.reverse_score:.3f}, real images among the synthetic ones"),
    ]
    rows.append(judge_row(result.judge))
    if result.distance_ratio is not None:
        low, high = result.distance_ratio.null_interval
        rows.append(
            (
                "Distance ratio",
                f"{result.distance_ratio.median:.2f}, nearest real over nearest synthetic image "
                f"(mixed: {low:.2f} to {high:.2f})",
            )
        )
    if result.compatibility is not None:
        published = result.compatibility
        rows.append(
            (
                "As published",
                f"{published.score:.3f} (sd {published.spread:.3f} over {len(published.scores)} "
                "maps), by UMAP in two dimensions",
            )
        )
    if result.groups is not None:
        rows.append(
            (
                "All images",
                f"{result.pooled_score:.3f}, every image counted, its own group left out",
            )
        )
    rows += richness_rows(result.richness)
    rows += _search(result)
    for name, value in rows:
        table.add_row(Text(name, style="dim"), Text(printable(value)))
    return table


def _search(result: ScoreResult) -> Iterator[tuple[str, str]]:
    """Tell what was searched with, where it was not simply exact."""
    if result.choice is not None:
        yield "Chosen", f"backend {result.backend}; {result.choice}"
    if result.audit is not None:
        low, high = result.audit["score_error_interval"]
        yield (
            "Approximate",
            f"{result.audit['recall']:.1%} of the neighbors found, the score is off by "
            f"{low:+.4f} to {high:+.4f}: {result.audit['queries']:,} images searched exactly",
        )


def _overlap(result: ScoreResult) -> str:
    return f"{result.overlap:.3f}" if result.overlap <= 1.0 else "above 1"


def _overlap_interval(result: ScoreResult) -> str:
    low, high = result.overlap_interval
    return f" ({low:.2f} to {min(high, 1.0):.2f})" if low < 1.0 else ""


def _groups(result: ScoreResult) -> str:
    if result.groups is None:
        return ""
    return (
        f" in {result.groups['real']:,} and {result.groups['synthetic']:,} groups "
        "(a group counts as one)"
    )


def _print_next(result: ScoreResult, console: Console) -> None:
    synthetic = [row for row in result.samples.to_pylist() if row["side"] == "synthetic"]
    if result.p_value <= SIGNIFICANT:
        synthetic.sort(key=lambda row: (-row["giveaway"], row["name"]))
        _print_pairs("Look at these next: they give the twin away", synthetic, console)
    passing = [row for row in synthetic if row["nearest_side"] == "real"]
    passing.sort(key=lambda row: (row["nearest_real_distance"], row["name"]))
    _print_pairs("Closest to a real image", passing, console)


def _print_slices(result: ScoreResult, console: Console) -> None:
    for column in dict.fromkeys(part.column for part in result.slices):
        parts = [part for part in result.slices if part.column == column]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(Text(printable(column)))
        for heading in ("Images", "Score", "95 % interval", "p, corrected", ""):
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


def _slice_note(part: SliceScore) -> str:
    if part.worse:
        return "worse than the rest"
    return "rarer among real images" if part.scarce else ""


def _print_pairs(heading: str, rows: list[dict[str, Any]], console: Console) -> None:
    if not rows:
        return
    console.print(f"\n[bold]{heading}[/bold]", highlight=False)
    for row in rows[:EXAMPLES]:
        # Paths stay on one line each, however long: people copy them.
        console.print(f"  {escape(printable(row['name']))}", highlight=False, soft_wrap=True)
        nearest = f"    nearest real image: {escape(printable(row['nearest_real']))}"
        console.print(nearest, style="dim", highlight=False, soft_wrap=True)
