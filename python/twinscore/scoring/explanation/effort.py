"""How many images a search for repairs may embed: told in images, so that no clock decides."""

from __future__ import annotations

TIMES = 1.75
"""Images embedded for each that was scored. An explanation is meant to take twice the time of a
score at most; what it takes to alter an image is not counted."""

FEWEST_EMBEDDED = 600
"""That are always allowed: so few take seconds."""

CALIBRATION = 15
"""Images that could be embedded while one strength is found."""


def images_allowed(scored: int) -> int:
    """Return how many images may be embedded to explain a score of so many, of both sides."""
    return max(int(TIMES * scored), FEWEST_EMBEDDED)


class Effort:
    """Counts images.

    Parameters
    ----------
    images
        That may be embedded.
    """

    def __init__(self, images: int) -> None:
        self._left = images

    def allows(self, images: int) -> bool:
        """Whether so many more may be embedded."""
        return images <= self._left

    def spend(self, images: int) -> None:
        """Count images that are embedded."""
        self._left -= images
