"""Which alteration moves which fact, and how far it can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twinscore.images.alterations.detail import blurred, compressed, noisy
from twinscore.images.alterations.lens import aberrant, vignetted
from twinscore.images.alterations.tones import (
    brighter,
    greener,
    of_contrast,
    saturated,
    warmer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image


@dataclass(frozen=True, slots=True)
class Alteration:
    """A change of pixels that moves one fact.

    Attributes
    ----------
    fact
        That it moves.
    apply
        Called with an image in mode RGB, a strength and a seed; 0 leaves the image as it is.
    strongest
        Strength that is still tried.
    side
        Which side it is done to so that both are alike: the one with the "lower" fact, the one
        with the "higher" one, always that which loses by it what the other has lost already; or
        always the "real" one, so that nothing is stretched that the synthetic one has lost, or the
        "synthetic" one. In these, strengths below 0 do the opposite.
    work
        Time for a megapixel, over that of the default network for an image, both on one processor.
    """

    fact: str
    apply: Callable[[Image.Image, float, int], Image.Image]
    strongest: float
    side: Literal["lower", "higher", "real", "synthetic"]
    work: float


ALTERATIONS = {
    alteration.fact: alteration
    for alteration in (
        Alteration("sharpness", blurred, 8.0, "higher", 2.3),
        Alteration("noise", noisy, 48.0, "lower", 0.9),
        Alteration("blockiness", compressed, 1.0, "lower", 0.4),
        Alteration("brightness", brighter, 2.0, "real", 0.2),
        Alteration("contrast", of_contrast, 2.0, "real", 0.3),
        Alteration("saturation", saturated, 3.0, "real", 0.3),
        Alteration("warmth", warmer, 2.0, "synthetic", 0.2),
        Alteration("tint", greener, 2.0, "synthetic", 0.2),
        Alteration("vignetting", vignetted, 3.0, "higher", 1.0),
        Alteration("aberration", aberrant, 8.0, "synthetic", 1.3),
    )
}
"""By the fact that it moves."""


@dataclass(frozen=True, slots=True)
class Step:
    """An alteration at a strength; small and picklable."""

    fact: str
    strength: float


def altered(image: Image.Image, steps: tuple[Step, ...], seed: int) -> Image.Image:
    """Apply steps one after the other.

    Parameters
    ----------
    image
        Mode RGB.
    steps
        In order.
    seed
        Of what is drawn; each step has draws of its own.
    """
    for place, step in enumerate(steps):
        image = ALTERATIONS[step.fact].apply(image, step.strength, seed * 31 + place)
    return image
