"""A score in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.scoring.result import ScoreResult

SIGNIFICANT = 0.05
COPIES_SUSPECTED = 1.2
NOTHING_PASSES = 0.05
TOO_WIDE = 0.5
"""A range of perfect twins that reaches below this leaves nothing to tell."""


def verdict(result: ScoreResult) -> str:
    """Say in one sentence what the score means."""
    low, high = result.null_interval
    if result.score > max(high, COPIES_SUSPECTED):
        return (
            "Higher than a perfect twin: look for copies of real images, "
            "or for renders more varied than the real images."
        )
    if result.p_value > SIGNIFICANT and low < TOO_WIDE:
        return (
            f"Too few images to tell: a perfect twin would score {max(low, 0.0):.2f} to {high:.2f}."
        )
    if result.p_value > SIGNIFICANT:
        return "No difference found: a perfect twin would score like this."
    if result.score < NOTHING_PASSES:
        return "Almost every synthetic image can be told from the real ones."
    share = f"{min(result.overlap, 1.0):.0%}"
    return f"Told apart: about {share} of the synthetic images could pass for real ones."
