"""Which facts there are, in which order, and in what they are measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that can be measured of one image.

    Attributes
    ----------
    name
        As columns are called.
    unit
        Of its values.
    meaning
        What is measured, in a few words.
    """

    name: str
    unit: str
    meaning: str


FACTS = (
    Fact("brightness", "levels of 255", "mean brightness"),
    Fact("contrast", "levels of 255", "standard deviation of brightness"),
    Fact("blacks", "percent", "share of channel values clipped at black"),
    Fact("whites", "percent", "share of channel values clipped at white"),
    Fact("saturation", "percent", "strength of colours, of that of pure ones"),
    Fact("warmth", "stops", "red over blue light"),
    Fact("tint", "stops", "green light over red and blue; below 0 is magenta"),
    Fact("entropy", "bits", "how evenly levels of brightness are used"),
    Fact("edges", "percent", "share of pixels on an edge, as the network sees them"),
    Fact("noise", "levels of 255", "grain in smooth parts, from second differences"),
    Fact("sharpness", "per pixel", "steepness of edges over contrast"),
    Fact("slope", "octaves", "fall of detail from coarse to fine"),
    Fact("blockiness", "percent", "steps at the borders of JPEG blocks over steps elsewhere"),
    Fact("vignetting", "stops", "light in the corners over light in the middle"),
    Fact("aberration", "pixels", "shift of red against blue, outwards, towards the corners"),
)

FACT_NAMES = tuple(fact.name for fact in FACTS)

OF_THE_FRAME = ("blockiness", "vignetting", "aberration")
"""Facts that hang on where in its frame a pixel lies; of a part of an image they tell nothing."""
