"""Where the score alone says enough: between its floor and the plateau above it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from twinscore.scoring.verdict import Case

if TYPE_CHECKING:
    from twinscore.scoring.result import ScoreResult

FLOOR = 0.1
"""Below it, the score hardly moves while models trained on the images still get worse."""

PLATEAU = 0.7
"""From it on, a higher score goes with no better models; see docs/validation.md for both."""

FAR = 0.15
"""Difference of score and reverse score from which on they are far apart, if one is ..."""

TIMES = 2.0
"""... so many times the other."""


class Directions(Enum):
    """How the reverse score lies to the score."""

    ALIKE = "alike"
    REVERSE_BELOW = "reverse below"
    REVERSE_ABOVE = "reverse above"


def is_at_floor(score: float) -> bool:
    """Whether other figures tell more than the score does."""
    return score < FLOOR


def is_on_plateau(score: float) -> bool:
    """Whether a higher score would say nothing more of training."""
    return score >= PLATEAU


def directions_of(result: ScoreResult) -> Directions:
    """Say whether score and reverse score lie far apart, where the verdict does not say it yet.

    The line was drawn on the rungs of `bench/validation.py`: what it names spreads beyond the
    real images (bent digits) or crowds among them (blurred ones, copies of few originals).
    """
    score, reverse = result.score, result.reverse_score
    low, high = result.null_interval
    apart = abs(score - reverse) > max(FAR, (high - low) / 2.0)
    if not apart or max(score, reverse) < TIMES * min(score, reverse):
        return Directions.ALIKE
    if result.evidence.case in (Case.WIDER, Case.NARROWER, Case.TOO_FEW):
        return Directions.ALIKE
    return Directions.REVERSE_BELOW if reverse < score else Directions.REVERSE_ABOVE
