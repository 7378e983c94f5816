"""Intentionality in words: whether synthetic images are what was meant, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.report.bar import Bar
from twinscore.report.figures import as_sure_as, p_value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.comparison.result import DomainDifference
    from twinscore.domain.figures import Intentionality
    from twinscore.scoring.result import ScoreResult

MOST_NAMED = 2
"""Values, edge cases or pairs that a line names."""

YES_OR_NO = ("true", "false", "yes", "no")

WORTH_A_WORD = 0.05
"""Difference of two scores from which on it is spoken of."""


def intentionality(result: ScoreResult) -> Bar | None:
    """Show the share of images that are where they were wanted; None without a domain."""
    domain = result.domain
    if domain is None:
        return None
    return Bar("Intentionality", domain.match, f"{domain.match:.2f}", _remark(domain))


def in_the_declared_mix(result: ScoreResult) -> str | None:
    """Say what both sides would score in the declared mix, where that is another score."""
    domain = result.domain
    if domain is None or domain.target_score is None or domain.target_interval is None:
        return None
    if abs(domain.target_score - result.score) < WORTH_A_WORD:
        return None
    low, high = (as_sure_as(end, domain.target_interval) for end in domain.target_interval)
    score = as_sure_as(domain.target_score, domain.target_interval)
    part = "" if domain.target_mass > 0.995 else f" ({domain.target_mass:.0%} of it)"
    return (
        f"In the declared mix{part} they score {score} ({low} to {high}): the sides differ in "
        "what they show, not only in how."
        if domain.target_score > result.score
        else f"In the declared mix{part} they score {score} ({low} to {high}): what was meant is "
        "told apart more easily than what there is."
    )


def missing_from_domain(result: ScoreResult) -> Iterator[str]:
    """Name the edge cases and pairs that are missing."""
    missing = "" if result.domain is None else "; ".join(_missing(result.domain))
    if missing:
        yield f"Not there yet: {missing}."


def domain_lines(difference: DomainDifference) -> Iterator[str]:
    """Say how two sets fit one domain."""
    yield (
        f"{Path(difference.file).name}: {difference.match_first:.2f} of the first set, "
        f"{difference.match_second:.2f} of the second are where they were wanted"
    )
    if difference.score_first is None or difference.score_second is None:
        return
    line = (
        f"In the declared mix they score {difference.score_first:.2f} and "
        f"{difference.score_second:.2f}"
    )
    if difference.interval is not None and difference.p_value is not None:
        low, high = difference.interval
        change = difference.score_second - difference.score_first
        line += (
            f", a difference of {change:+.2f} ({low:+.2f} to {high:+.2f}, "
            f"{p_value_text(difference.p_value)})"
        )
    yield line


def named_value(condition: str, value: str) -> str:
    """Name a value by itself where it says what it is, else with its condition."""
    return value if value[:1].isalpha() and value not in YES_OR_NO else f"{condition} {value}"


def _missing(domain: Intentionality) -> Iterator[str]:
    cases = [case for case in domain.edge_cases if case.missing]
    for case in cases[:MOST_NAMED]:
        yield f"{case.name} ({case.images:,} of {case.wanted:,})"
    if len(cases) > MOST_NAMED:
        yield f"{len(cases) - MOST_NAMED:,} more edge cases"
    if domain.pairs is not None and domain.pairs.missing:
        first = domain.pairs.missing[0]
        yield (
            f"{len(domain.pairs.missing):,} of {domain.pairs.pairs:,} pairs, such as {first.name} "
            f"({first.images:,} of {first.wanted:,})"
        )


def _remark(domain: Intentionality) -> str:
    """Name the largest shortfalls, else what lies outside, else say that all is as planned."""
    file = Path(domain.file).name
    short = sorted(
        (
            (value.missing, named_value(condition.condition, value.value))
            for condition in domain.conditions
            for value in condition.values
            if value.missing
        ),
        reverse=True,
    )
    if domain.match >= domain.perfect_plan.low:
        plan = domain.perfect_plan
        return f"{file}: as planned (by chance {plan.low:.2f} to {plan.high:.2f})"
    if short:
        named = ", ".join(f"{count:,} {name}" for count, name in short[:MOST_NAMED])
        return f"{file}: {named} missing"
    return f"{file}: {domain.outside.share:.0%} of the images lie outside"
