"""Facts in the words of people who know no statistics: every number with its unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DAYLIGHT = 6500.0
"""Kelvin, of the light that sRGB calls white."""
_PLANCK = 7355.0
"""Kelvin by which the logarithm of red over blue light changes with the inverse temperature, at
610 and 465 nanometres (Planck's law)."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How one fact is spoken of.

    Attributes
    ----------
    more, less
        What renders are that have more, or less, of it than photographs: "noisier".
    do_less, do_more
        What to do about renders that have more, or less.
    amount
        Called with the medians of photographs and renders and the strength of the alteration that
        makes them alike (None: there is none): how much the difference is.
    """

    more: str
    less: str
    do_less: str
    do_more: str
    amount: Callable[[float, float, float | None], str]


def _levels(real: float, synthetic: float, strength: float | None) -> str:
    del strength
    return f"{synthetic:.0f} against {real:.0f} levels of 255"


def _fine_levels(real: float, synthetic: float, strength: float | None) -> str:
    del strength
    return f"{synthetic:.1f} against {real:.1f} levels of 255"


def _percent(real: float, synthetic: float, strength: float | None) -> str:
    del strength
    digits = 0 if min(real, synthetic) >= 10.0 else 1
    return f"{synthetic:.{digits}f} against {real:.{digits}f} percent"


def _stops(real: float, synthetic: float, strength: float | None) -> str:
    del strength
    return f"by {abs(synthetic - real):.1f} stops"


def _brightness(real: float, synthetic: float, strength: float | None) -> str:
    text = _levels(real, synthetic, None)
    return text if strength is None else f"{text}, about {abs(strength):.1f} stops"


def _blur(real: float, synthetic: float, strength: float | None) -> str:
    if strength is None:
        change = 100.0 * abs(synthetic / real - 1.0) if real else 0.0
        return f"by {change:.0f} percent"
    return f"about {_pixels(strength)} of blur"


def _noise(real: float, synthetic: float, strength: float | None) -> str:
    if strength is None:
        return _fine_levels(real, synthetic, None)
    return f"about {strength:.1f} levels of 255 of noise between them"


def _kelvin(real: float, synthetic: float, strength: float | None) -> str:
    del strength
    shift = (synthetic - real) * math.log(2.0) / _PLANCK
    temperature = 1.0 / max(1.0 / DAYLIGHT + shift, 1e-5)
    return f"as if lit by {_round(temperature):,} instead of {_round(DAYLIGHT):,} kelvin"


def _round(kelvin: float) -> int:
    return int(round(min(kelvin, 40_000.0), -2))


def _tint(real: float, synthetic: float, strength: float | None) -> str:
    del strength
    return f"green light by {100.0 * abs(2.0 ** (synthetic - real) - 1.0):.0f} percent"


def _shift(real: float, synthetic: float, strength: float | None) -> str:
    del strength
    return f"{_pixels(abs(synthetic - real))} in the corners"


def _bits(real: float, synthetic: float, strength: float | None) -> str:
    del strength
    return f"{synthetic:.1f} against {real:.1f} bits"


def _slope(real: float, synthetic: float, strength: float | None) -> str:
    del strength
    share = 100.0 * (1.0 - 2.0 ** -abs(synthetic - real))
    return f"by {share:.0f} percent with every halving of size"


def _pixels(amount: float) -> str:
    text = f"{amount:.1f}".removesuffix(".0")
    return f"{text} pixel" if text == "1" else f"{text} pixels"


WORDINGS = {
    "brightness": Wording(
        "brighter",
        "darker",
        "lower the exposure",
        "raise the exposure",
        _brightness,
    ),
    "contrast": Wording(
        "of more contrast",
        "of less contrast",
        "flatten the tone curve, or soften the light",
        "steepen the tone curve, or harden the light",
        _levels,
    ),
    "blacks": Wording(
        "more often plain black in the shadows",
        "less often plain black in the shadows",
        "lift the shadows",
        "let the shadows go to black",
        _percent,
    ),
    "whites": Wording(
        "more often burnt out to white",
        "less often burnt out to white",
        "lower the highlights",
        "let the highlights burn out",
        _percent,
    ),
    "saturation": Wording(
        "more colourful",
        "paler",
        "lower the saturation of materials or of the grade",
        "raise the saturation of materials or of the grade",
        _percent,
    ),
    "warmth": Wording(
        "warmer",
        "cooler",
        "set the white balance cooler",
        "set the white balance warmer",
        _kelvin,
    ),
    "tint": Wording(
        "greener",
        "more magenta",
        "shift the white balance towards magenta",
        "shift the white balance towards green",
        _tint,
    ),
    "entropy": Wording(
        "richer in tones",
        "poorer in tones",
        "look for tones that photographs lack",
        "look for tones that are missing",
        _bits,
    ),
    "edges": Wording(
        "fuller of edges",
        "poorer in edges",
        "take away clutter or hard shadows",
        "add clutter, textures and wear",
        _percent,
    ),
    "noise": Wording(
        "noisier",
        "cleaner",
        "render with more samples, or denoise",
        "add the noise of the camera",
        _noise,
    ),
    "sharpness": Wording(
        "sharper",
        "softer",
        "blur renders as the lens does",
        "render with finer textures and less filtering, at the size of the photographs",
        _blur,
    ),
    "slope": Wording(
        "short of fine detail beside the coarse",
        "heavy on fine detail beside the coarse",
        "sharpen textures and reconstruction filter",
        "soften textures and reconstruction filter",
        _slope,
    ),
    "blockiness": Wording(
        "more coarsely compressed",
        "less compressed",
        "save renders at a higher quality",
        "save renders with the compression of the camera",
        _percent,
    ),
    "vignetting": Wording(
        "brighter in the corners",
        "darker in the corners",
        "darken the corners as the lens does",
        "take the darkening off the corners",
        _stops,
    ),
    "aberration": Wording(
        "redder on the outer side of edges",
        "bluer on the outer side of edges",
        "shift red inwards towards the corners",
        "shift red outwards towards the corners",
        _shift,
    ),
}


def difference(fact: str, real: float, synthetic: float, strength: float | None) -> str:
    """Say what renders are, and by how much: "softer than photographs (about 1 pixel of blur)"."""
    wording = WORDINGS[fact]
    what = wording.more if synthetic > real else wording.less
    return f"{what} than photographs ({wording.amount(real, synthetic, strength)})"


def change(fact: str, before: float, now: float) -> str:
    """Say what has become of images: "noisier than earlier ones (4.1 against 2.3 levels)"."""
    wording = WORDINGS[fact]
    what = wording.more if now > before else wording.less
    return f"{what} than earlier ones ({wording.amount(before, now, None)})"


def advice(fact: str, real: float, synthetic: float) -> str:
    """Say what to do about it."""
    wording = WORDINGS[fact]
    return wording.do_less if synthetic > real else wording.do_more
