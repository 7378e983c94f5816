"""Facts in the words of people who know no statistics: every number with its unit."""

from __future__ import annotations

from dataclasses import dataclass

from twinscore.scoring.explanation.amounts import amount


@dataclass(frozen=True, slots=True)
class Wording:
    """How one fact is spoken of.

    Attributes
    ----------
    name
        As a heading.
    more, less
        What renders are that have more, or less, of it than photographs: "noisier".
    do_less, do_more
        What to do about renders that have more, or less.
    """

    name: str
    more: str
    less: str
    do_less: str
    do_more: str


WORDINGS = {
    "brightness": Wording(
        "brightness",
        "brighter",
        "darker",
        "lower the exposure",
        "raise the exposure",
    ),
    "contrast": Wording(
        "contrast",
        "of more contrast",
        "of less contrast",
        "flatten the tone curve, or soften the light",
        "steepen the tone curve, or harden the light",
    ),
    "blacks": Wording(
        "black in the shadows",
        "more often plain black in the shadows",
        "less often plain black in the shadows",
        "lift the shadows",
        "let the shadows go to black",
    ),
    "whites": Wording(
        "white in the highlights",
        "more often burnt out to white",
        "less often burnt out to white",
        "lower the highlights",
        "let the highlights burn out",
    ),
    "saturation": Wording(
        "saturation",
        "more colourful",
        "paler",
        "lower the saturation of materials or of the grade",
        "raise the saturation of materials or of the grade",
    ),
    "warmth": Wording(
        "warmth of the light",
        "warmer",
        "cooler",
        "set the white balance cooler",
        "set the white balance warmer",
    ),
    "tint": Wording(
        "green tint",
        "greener",
        "more magenta",
        "shift the white balance towards magenta",
        "shift the white balance towards green",
    ),
    "entropy": Wording(
        "range of tones",
        "richer in tones",
        "poorer in tones",
        "look for tones that photographs lack",
        "look for tones that are missing",
    ),
    "edges": Wording(
        "number of edges",
        "fuller of edges",
        "poorer in edges",
        "take away clutter or hard shadows",
        "add clutter, textures and wear",
    ),
    "noise": Wording(
        "noise",
        "noisier",
        "cleaner",
        "render with more samples, or denoise",
        "add the noise of the camera",
    ),
    "sharpness": Wording(
        "sharpness",
        "sharper",
        "softer",
        "blur renders as the lens does",
        "render with finer textures and less filtering, at the size of the photographs",
    ),
    "slope": Wording(
        "fine detail",
        "poorer in fine detail",
        "richer in fine detail",
        "sharpen textures and reconstruction filter",
        "soften textures and reconstruction filter",
    ),
    "blockiness": Wording(
        "compression",
        "more coarsely compressed",
        "less compressed",
        "save renders at a higher quality",
        "save renders with the compression of the camera",
    ),
    "vignetting": Wording(
        "darkening of the corners",
        "brighter in the corners",
        "darker in the corners",
        "darken the corners as the lens does",
        "take the darkening off the corners",
    ),
    "aberration": Wording(
        "colour fringing",
        "redder on the outer side of edges",
        "bluer on the outer side of edges",
        "shift red inwards towards the corners",
        "shift red outwards towards the corners",
    ),
}


def difference(fact: str, real: float, synthetic: float, strength: float | None) -> str:
    """Say what renders are, and by how much: "softer than photographs (about 1 pixel of blur)"."""
    wording = WORDINGS[fact]
    what = wording.more if synthetic > real else wording.less
    return f"{what} than photographs ({amount(fact, real, synthetic, strength)})"


def change(fact: str, before: float, now: float) -> str:
    """Say what has become of images: "noisier than earlier ones (4.1 against 2.3 levels)"."""
    wording = WORDINGS[fact]
    what = wording.more if now > before else wording.less
    return f"{what} than earlier ones ({amount(fact, before, now, None)})"


def advice(fact: str, real: float, synthetic: float) -> str:
    """Say what to do about it."""
    wording = WORDINGS[fact]
    return wording.do_less if synthetic > real else wording.do_more
