"""How many images a search for repairs may embed: told in images, so that no clock decides."""

from __future__ import annotations

TIMES = 2
"""Images embedded for each that was scored: an explanation takes twice the time of a score."""

FEWEST_EMBEDDED = 600
"""That are always allowed: so few take seconds."""

CALIBRATION = 12
"""Images that could be embedded while one strength is found."""


class Effort:
    """Counts images.

    Parameters
    ----------
    scored
        Images of both sides that the explained score is of.
    """

    def __init__(self, scored: int) -> None:
        self._left = max(TIMES * scored, FEWEST_EMBEDDED)

    def allows(self, images: int) -> bool:
        """Whether so many more may be embedded."""
        return images <= self._left

    def spend(self, images: int) -> None:
        """Count images that are embedded."""
        self._left -= images
