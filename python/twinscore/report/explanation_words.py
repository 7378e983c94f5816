"""What to fix first, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.scoring.explanation.records import Explanation


def fix_first_of(explanation: Explanation) -> str | None:
    """Return the line of the first screen; None where nothing is to be fixed."""
    if explanation.repairs:
        sentence = explanation.repairs[0].sentence
        return f"Fix first: {sentence[0].lower()}{sentence[1:]}"
    if explanation.figures is None and any(gap.beyond_chance for gap in explanation.facts):
        return explanation.rest
    return None
