"""What to fix first, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.scoring.explanation.records import Explanation


def fix_first_of(explanation: Explanation) -> str | None:
    """Return the line of the first screen; None where nothing is to be fixed.

    Where a gap is left that no repair closes, what differs most is no cure, and is told as such.
    """
    if explanation.repairs:
        sentence = explanation.repairs[0].sentence
        return f"Fix first: {sentence[0].lower()}{sentence[1:]}"
    if explanation.figures is None:
        return explanation.rest if any(gap.beyond_chance for gap in explanation.facts) else None
    if explanation.harmless and explanation.figures.interval[1] < 1.0:
        return f"{explanation.harmless[0].sentence} {explanation.rest}"
    return None
