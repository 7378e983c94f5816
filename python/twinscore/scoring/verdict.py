"""A score in one sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twinscore.base.constants import Z_95
from twinscore.scoring.result import SampledResult, ScoreResult

if TYPE_CHECKING:
    from twinscore.scoring.estimate import Estimate

SIGNIFICANT = 0.05
COPIES_SUSPECTED = 1.2
NOTHING_PASSES = 0.05
TOO_WIDE = 0.5
"""A range of perfect twins that reaches below this leaves nothing to tell."""

ALMOST_NOTHING = "Almost every synthetic image can be told from the real ones."
TOO_HIGH = (
    "Higher than a perfect twin: look for copies of real images, "
    "or for renders more varied than the real images."
)


def verdict(result: Estimate) -> str:
    """Say in one sentence what the score means."""
    if isinstance(result, ScoreResult):
        return _of_all_images(result)
    assert isinstance(result, SampledResult)
    return _of_a_sample(result)


def _of_all_images(result: ScoreResult) -> str:
    low, high = result.null_interval
    if result.score > max(high, COPIES_SUSPECTED):
        return TOO_HIGH
    if result.p_value > SIGNIFICANT and low < TOO_WIDE:
        return (
            f"Too few images to tell: a perfect twin would score {max(low, 0.0):.2f} to {high:.2f}."
        )
    if result.p_value > SIGNIFICANT:
        return "No difference found: a perfect twin would score like this."
    if result.score < NOTHING_PASSES:
        return ALMOST_NOTHING
    return _told_apart(result)


def _of_a_sample(result: SampledResult) -> str:
    """Read the interval of the score of all images against what chance does to a perfect twin.

    Labels of neighbors depend on each other: chance moves a score by up to about twice the
    variance that as many independent images would give it.
    """
    low, high = result.sampling["interval"]
    by_chance = Z_95 * math.sqrt(2.0 / min(result.n_real, result.n_synthetic))
    if low > max(1.0 + by_chance, COPIES_SUSPECTED):
        return TOO_HIGH
    if high >= 1.0 - by_chance:
        return "No difference seen: as far as a sample tells, a perfect twin could score like this."
    if high < NOTHING_PASSES:
        return ALMOST_NOTHING
    return _told_apart(result)


def _told_apart(result: Estimate) -> str:
    share = f"{min(result.overlap, 1.0):.0%}"
    return f"Told apart: about {share} of the synthetic images could pass for real ones."
