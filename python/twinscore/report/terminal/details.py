"""All figures of a result in words: what `--verbose` adds to the first screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.figures import p_value_text
from twinscore.report.richness_words import richness_rows
from twinscore.report.score_range import closeness_rows
from twinscore.report.terminal.domain import print_domain
from twinscore.report.view_words import declared_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from twinscore.measures.judge import Judge
    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.result import ScoreResult


def print_details(result: ScoreResult, console: Console) -> None:
    """Print every figure with what it means, and every caution in full."""
    table = Table.grid(padding=(0, 2))
    for name, value in _figures(result):
        table.add_row(Text(name, style="dim"), Text(printable(value)))
    console.print(table)
    if result.domain is not None:
        print_domain(result.domain, console)
    of_objects = declared_objects(result)
    if of_objects is not None:
        print_domain(of_objects, console, things="objects")
    print_cautions(result, console)


def print_cautions(result: Estimate, console: Console) -> None:
    """Print what to know before the score is trusted, in full sentences."""
    for warning in result.warnings:
        console.print(f"[yellow]Note:[/yellow] {escape(printable(warning))}", highlight=False)


def judge_row(judge: Judge) -> tuple[str, str]:
    """Say how often the impartial judge is right."""
    low, high = judge.interval
    return (
        "Judge",
        f"right on {judge.accuracy:.0%} of images it never saw ({low:.0%} to {high:.0%}, "
        f"{p_value_text(judge.p_value)}; 50% is guessing)",
    )


def overlap_text(overlap: float) -> str:
    """Write an overlap; far above 1 it has no bound."""
    return f"{overlap:.3f}" if overlap <= 1.0 else "above 1"


def _figures(result: ScoreResult) -> Iterator[tuple[str, str]]:
    low, high = result.null_interval
    yield "Images", f"{result.n_real:,} real, {result.n_synthetic:,} synthetic{_groups(result)}"
    yield (
        "Neighbors",
        f"{result.observed_real_fraction:.1%} real around synthetic images, "
        f"{result.expected_real_fraction:.1%} if mixed",
    )
    yield (
        "Overlap",
        f"{overlap_text(result.overlap)}, the share of synthetic images that could be real ones"
        f"{_overlap_interval(result)}",
    )
    yield (
        "Chance",
        f"{p_value_text(result.p_value)}, a perfect twin would score {max(low, 0.0):.2f} "
        f"to {high:.2f}",
    )
    yield "Other way round", f"{result.reverse_score:.3f}, real images among the synthetic ones"
    yield judge_row(result.judge)
    yield from closeness_rows(result.closeness)
    if result.distance_ratio is not None:
        low, high = result.distance_ratio.null_interval
        yield (
            "Distance ratio",
            f"{result.distance_ratio.median:.2f}, nearest real over nearest synthetic image "
            f"(mixed: {low:.2f} to {high:.2f})",
        )
    if result.compatibility is not None:
        published = result.compatibility
        yield (
            "As published",
            f"{published.score:.3f} (sd {published.spread:.3f} over {len(published.scores)} "
            "maps), by UMAP in two dimensions",
        )
    if result.groups is not None:
        yield (
            "All images",
            f"{result.pooled_score:.3f}, every image counted, its own group left out",
        )
    yield from richness_rows(result.richness)
    yield from _search(result)


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
