"""What a person sees first, in the terminal and on the page alike, in this order.

Bars, then findings (the verdict, what to fix first, where most is lost), then the images to look at
next, then gaps. A figure that is to be seen first is one function here, in one of three lists; what
needs more room stands in the details of the terminal and in the sections of the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.report.bar import Bar
from twinscore.report.explanation_words import fix_first_of
from twinscore.report.figures import as_sure_as
from twinscore.report.intentionality import (
    in_the_declared_mix,
    intentionality,
    missing_from_domain,
)
from twinscore.report.kinds import kinds_by_loss
from twinscore.report.richness_words import gaps_in_reality, richness_bar
from twinscore.report.score_range import (
    at_floor_mark,
    beyond_the_score,
    reverse_apart,
    still_moving,
)
from twinscore.report.view_words import object_differences, objects_as_declared, views_sentence
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from twinscore.scoring.result import ScoreResult

STANDS_OUT = 0.25
"""Share of the loss from which on a kind of images is worth a sentence."""


def indistinguishability(result: ScoreResult) -> Bar:
    """Show the score, its interval and where a perfect twin would score."""
    low, high = result.interval
    chance_low, chance_high = result.null_interval
    sure = (
        f"{as_sure_as(low, result.interval)} to {as_sure_as(high, result.interval)}, "
        f"perfect: {max(chance_low, 0.0):.2f} to {chance_high:.2f}"
    )
    return Bar(
        "Indistinguishability",
        result.score,
        as_sure_as(result.score, result.interval),
        at_floor_mark(result) or sure,
    )


def verdict(result: ScoreResult) -> str:
    """Say the result in one sentence."""
    return result.verdict


def transfer(result: ScoreResult) -> str | None:
    """Say what a classifier that knows the synthetic images alone gets right on real ones."""
    found = result.transfer
    if found is None:
        return None
    low, high = found.interval
    return (
        f"Transfer {as_sure_as(found.accuracy, found.interval)} of "
        f"{as_sure_as(found.ceiling, found.ceiling_interval)} ({low:.2f} to {high:.2f}): real "
        f"images find their class among synthetic ones in {found.accuracy:.0%}, among other real "
        f"ones in {found.ceiling:.0%}."
    )


def fix_first(result: ScoreResult) -> str | None:
    """Say which repair brings most, where repairs were tried."""
    return None if result.explanation is None else fix_first_of(result.explanation)


def most_lost(result: ScoreResult) -> str | None:
    """Say where most is lost, if one kind of image stands out."""
    worst = kinds_by_loss(result)[0]
    if result.p_value > SIGNIFICANT or worst.loss < STANDS_OUT or worst.size < 2:
        return None
    return f"{worst.loss:.0%} of the loss is one kind of image: {worst.size:,} like number 1 below."


BARS: tuple[Callable[[ScoreResult], Bar | None], ...] = (
    indistinguishability,
    richness_bar,
    intentionality,
)
"""None where nobody asked for it."""

FINDINGS: tuple[Callable[[ScoreResult], str | None], ...] = (
    verdict,
    still_moving,
    beyond_the_score,
    reverse_apart,
    views_sentence,
    objects_as_declared,
    fix_first,
    most_lost,
    transfer,
    in_the_declared_mix,
)
"""A sentence each, the most important first; None where there is nothing to say."""

GAPS: tuple[Callable[[ScoreResult], Iterable[str]], ...] = (
    gaps_in_reality,
    missing_from_domain,
    object_differences,
)
"""Of what the synthetic images lack, a sentence each, below the images to look at next."""


def bars_of(result: ScoreResult) -> list[Bar]:
    """Return the bars that there are."""
    return [bar for make in BARS if (bar := make(result)) is not None]


def findings_of(result: ScoreResult) -> list[str]:
    """Return the sentences below the bars."""
    return [line for make in FINDINGS if (line := make(result)) is not None]


def gaps_of(result: ScoreResult) -> list[str]:
    """Return the sentences below the images to look at next."""
    return [line for make in GAPS for line in make(result)]
