"""What a person sees first, in the terminal and on the page alike, in this order.

Bars, then findings (the verdict, what to fix first, where most is lost), then the images to look at
next, then gaps. A figure that is to be seen first is one function here, in one of three lists; what
needs more room stands in the details of the terminal and in the sections of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.report.bar import Bar
from twinscore.report.figures import as_sure_as
from twinscore.report.intentionality import (
    in_the_declared_mix,
    intentionality,
    missing_from_domain,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.scoring.result import ScoreResult


def indistinguishability(result: ScoreResult) -> Bar:
    """Show the score, its interval and where a perfect twin would score."""
    low, high = result.interval
    chance_low, chance_high = result.null_interval
    return Bar(
        "Indistinguishability",
        result.score,
        as_sure_as(result.score, result.interval),
        f"{as_sure_as(low, result.interval)} to {as_sure_as(high, result.interval)}, "
        f"perfect: {max(chance_low, 0.0):.2f} to {chance_high:.2f}",
    )


def verdict(result: ScoreResult) -> str:
    """Say the result in one sentence."""
    return result.verdict


BARS: tuple[Callable[[ScoreResult], Bar | None], ...] = (indistinguishability, intentionality)
"""None where nobody asked for it."""

FINDINGS: tuple[Callable[[ScoreResult], str | None], ...] = (verdict, in_the_declared_mix)
"""A sentence each, the most important first; None where there is nothing to say."""

GAPS: tuple[Callable[[ScoreResult], str | None], ...] = (missing_from_domain,)
"""Of what the synthetic images lack, a sentence each, below the images to look at next."""


def bars_of(result: ScoreResult) -> list[Bar]:
    """Return the bars that there are."""
    return [bar for make in BARS if (bar := make(result)) is not None]


def findings_of(result: ScoreResult) -> list[str]:
    """Return the sentences below the bars."""
    return [line for make in FINDINGS if (line := make(result)) is not None]


def gaps_of(result: ScoreResult) -> list[str]:
    """Return the sentences below the images to look at next."""
    return [line for make in GAPS if (line := make(result)) is not None]
