"""In what the images of a slice differ from real ones, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.scoring.explanation.wording import difference

if TYPE_CHECKING:
    from twinscore.measures.slices import SliceScore

MOST_FACTS = 3


def slice_fact_words(part: SliceScore, *, most: int = MOST_FACTS) -> list[str]:
    """Say in which facts a slice differs beyond chance, the strongest first.

    Parameters
    ----------
    part
        With its facts.
    most
        Facts that are told.
    """
    apart = sorted(
        (gap for gap in part.facts if gap.beyond_chance),
        key=lambda gap: (-abs(gap.separation - 0.5), gap.fact),
    )
    words = []
    for gap in apart[:most]:
        low, high = gap.interval
        if gap.separation < 0.5:
            low, high = 1.0 - high, 1.0 - low
        pairs = max(gap.separation, 1.0 - gap.separation)
        words.append(
            f"{difference(gap.fact, gap.real, gap.synthetic, None)}, in {100 * pairs:.0f} of 100 "
            f"pairs ({100 * low:.0f} to {100 * high:.0f})"
        )
    return words
