"""How much work a search for repairs may do: counted in images, so that no clock decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.alterations.catalog import ALTERATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.images.alterations.catalog import Step

TIMES = 1.8
"""Work for each image that was scored. An explanation is meant to take twice the time of a score at
most; statistics are not counted."""

FEWEST_EMBEDDED = 600
"""That are always allowed: so few take seconds."""

CALIBRATED = 15
"""Images that a strength is tried on."""

STRENGTHS = 5
"""That are tried at most, for each fact that is made alike."""

_MEASURING = 0.1
"""Work to measure one fact of an image that was altered."""

_READING = 0.1, 0.4
"""Work to decode an image: of any, and for a megapixel."""


def images_allowed(scored: int) -> int:
    """Return how many images' work explains a score of so many, of both sides."""
    return max(int(TIMES * scored), FEWEST_EMBEDDED)


class Effort:
    """Counts work, in images that could be embedded meanwhile.

    Parameters
    ----------
    images
        That may be embedded.
    megapixels
        Of an image, as it is decoded.
    """

    def __init__(self, images: float, megapixels: float) -> None:
        self._left = images
        self._megapixels = megapixels

    def to_embed(self, images: int, steps: Sequence[Step]) -> float:
        """Return the work of altering images and embedding them."""
        return images * (1.0 + self._to_alter(steps))

    def to_calibrate(self, fact: str, before: Sequence[Step]) -> float:
        """Return the most work that it may take to find a strength, after the steps before it."""
        of_any, of_a_megapixel = _READING
        reading = of_any + of_a_megapixel * self._megapixels + self._to_alter(before)
        trial = _MEASURING + ALTERATIONS[fact].work * self._megapixels
        return CALIBRATED * (reading + STRENGTHS * trial)

    def allows(self, work: float) -> bool:
        """Whether so much more may be done."""
        return work <= self._left

    def spend(self, work: float) -> None:
        """Count what is done."""
        self._left -= work

    def _to_alter(self, steps: Sequence[Step]) -> float:
        return sum(ALTERATIONS[step.fact].work for step in steps) * self._megapixels
