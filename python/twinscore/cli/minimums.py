"""What a script asks of a result at least: one line for each minimum that it misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.scoring.estimate import Estimate


def below_minimum(result: Estimate, least: float | None) -> Iterator[str]:
    """Say that the score is below its minimum, where it is."""
    if least is not None and result.score < least:
        yield f"score {result.score:.4f} is below the minimum of {least:g}"


def below_coverage(result: Estimate, least: float | None) -> Iterator[str]:
    """Say that the coverage is below its minimum, or that it cannot be told."""
    from twinscore.measures.richness import RichnessUntold
    from twinscore.scoring.result import ScoreResult

    if least is None:
        return
    richness = result.richness if isinstance(result, ScoreResult) else None
    if isinstance(richness, RichnessUntold):
        yield f"coverage is not known to reach the minimum of {least:g}: {richness.reason}"
    elif richness is None:
        yield f"coverage is not known to reach the minimum of {least:g}: a sample was scored"
    elif richness.coverage < least:
        yield f"coverage {richness.coverage:.4f} is below the minimum of {least:g}"
