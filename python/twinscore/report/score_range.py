"""What to read beside a score that lies at its floor, on its plateau, or far from its reverse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.scoring.score_range import Directions, directions_of, is_at_floor, is_on_plateau

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.comparison.closeness_difference import ClosenessDifference
    from twinscore.measures.closeness import Closeness
    from twinscore.scoring.result import ScoreResult

NARROW = (0.02, 0.002)
"""Interval and null range so narrow let a third, and a fourth digit be read."""

CLOSENESS_MEANS = "mean distance within the sides over that across"


def closeness_text(closeness: Closeness) -> str:
    """Write closeness, its interval and that of perfect twins."""
    digits = _digits(closeness)
    low, high = (f"{end:.{digits}f}" for end in closeness.interval)
    twin_low, twin_high = (f"{end:.{digits}f}" for end in closeness.null_interval)
    return f"{closeness.value:.{digits}f} ({low} to {high}, perfect: {twin_low} to {twin_high})"


def closeness_rows(closeness: Closeness | None) -> Iterator[tuple[str, str]]:
    """Name closeness among other figures, where it is told."""
    if closeness is not None:
        yield "Closeness", f"{closeness_text(closeness)}, {CLOSENESS_MEANS}"


def at_floor_mark(result: ScoreResult) -> str | None:
    """Say on the score's own line what goes on where it ends; None above the floor."""
    if result.closeness is None or not is_at_floor(result.score):
        return None
    digits = _digits(result.closeness)
    return f"at its floor; closeness {result.closeness.value:.{digits}f}"


def still_moving(result: ScoreResult) -> str | None:
    """Name the figures that still tell sets apart where the score does not."""
    if result.closeness is None or not is_at_floor(result.score):
        return None
    closeness, digits = result.closeness, _digits(result.closeness)
    low, high = (f"{end:.{digits}f}" for end in closeness.null_interval)
    moving = [f"Closeness {closeness.value:.{digits}f} (perfect: {low} to {high})"]
    if result.on_domain is not None:
        moving.append(f"on-domain {result.on_domain:.2f}")
    if result.transfer is not None:
        moving.append(f"transfer {result.transfer.accuracy:.2f}")
    *before, last = moving
    return f"{', '.join(before)} and {last} still move." if before else f"{last} still moves."


def beyond_the_score(result: ScoreResult) -> str | None:
    """Say on the plateau that the score alone predicts nothing more, and what does."""
    if not is_on_plateau(result.score):
        return None
    richness = "" if result.coverage is None else f" ({result.coverage:.2f})"
    classes = "--label-by" if result.transfer is None else f"{result.transfer.accuracy:.2f}"
    domain = " (--domain)" if result.domain is None else ""
    return (
        "From 0.7 on, a higher score alone promises no better training: look at richness"
        f"{richness}, classes ({classes}) and the domain{domain}."
    )


def reverse_apart(result: ScoreResult) -> str | None:
    """Name a reverse score that lies far from the score."""
    directions = directions_of(result)
    if directions is Directions.ALIKE:
        return None
    if directions is Directions.REVERSE_BELOW:
        return (
            f"The other way round it is {result.reverse_score:.2f}, far below: synthetic images "
            "spread beyond the real ones, and few real images have one near."
        )
    return (
        f"The other way round it is {result.reverse_score:.2f}, far above: synthetic images crowd "
        "together, as blurred ones and copies of few originals do."
    )


def closeness_change(difference: ClosenessDifference) -> str:
    """Say how closeness moved from one set to the other."""
    low, high = difference.interval
    beyond = "" if difference.is_beyond_chance else ", within chance"
    return (
        f"Closeness {difference.first:.3f} before, {difference.second:.3f} now: "
        f"{difference.difference:+.3f} ({low:+.3f} to {high:+.3f}){beyond}"
    )


def _digits(closeness: Closeness) -> int:
    """Count the digits that interval and null range let be read: 2 to 4."""
    spans = [high - low for low, high in (closeness.interval, closeness.null_interval)]
    return sum(max(spans) < width for width in NARROW) + 2
