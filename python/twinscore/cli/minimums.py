"""What a script asks of a result at least: one line for each minimum that it misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.scoring.estimate import Estimate


def check_coverage_can_be_told(told: bool) -> None:
    """Refuse a minimum of what will not be looked at.

    Raises
    ------
    click.UsageError
        Coverage will not be told.
    """
    if not told:
        raise click.UsageError(
            "--min-coverage needs richness of all images: leave out --no-richness, --precision "
            "and --budget"
        )


def missed_minimums(
    result: Estimate,
    least_score: float | None,
    least_coverage: float | None,
    least_match: float | None = None,
) -> list[str]:
    """Say of each minimum that the result misses by how much, or that nobody knows.

    Parameters
    ----------
    result
        Of all images, or of a sample.
    least_score, least_coverage, least_match
        None where there is no minimum.
    """
    lines = []
    if least_score is not None and result.score < least_score:
        lines.append(f"score {result.score:.4f} is below the minimum of {least_score:g}")
    if least_coverage is not None:
        lines += _below_coverage(result, least_coverage)
    if least_match is not None:
        lines += _below_match(result, least_match)
    return lines


def _below_match(result: Estimate, least: float) -> Iterator[str]:
    from twinscore.report.view_words import declared_objects
    from twinscore.scoring.result import ScoreResult

    if not isinstance(result, ScoreResult):
        return
    domain = result.domain or declared_objects(result)
    if domain is not None and domain.match < least:
        yield f"match {domain.match:.4f} is below the minimum of {least:g}"


def _below_coverage(result: Estimate, least: float) -> Iterator[str]:
    from twinscore.measures.richness import Richness, RichnessUntold
    from twinscore.scoring.result import ScoreResult

    richness = result.richness if isinstance(result, ScoreResult) else None
    if isinstance(richness, Richness) and not richness.domain_gap:
        if richness.coverage < least:
            yield f"coverage {richness.coverage:.4f} is below the minimum of {least:g}"
        return
    reason = "a sample of the images was scored"
    if isinstance(richness, Richness):
        reason = f"only {richness.on_domain:.0%} of the synthetic images lie where real ones do"
    elif isinstance(richness, RichnessUntold):
        reason = richness.reason
    yield f"coverage is not known to reach the minimum of {least:g}: {reason}"
