"""By how much two sides differ in a fact: every number in a unit that people know."""

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
class Unit:
    """What the values of a fact are counted in.

    Attributes
    ----------
    name
        "levels of 255".
    digits
        After the point.
    fine_below
        Value below which one digit more is shown.
    """

    name: str
    digits: int
    fine_below: float = -math.inf

    def compared(self, first: float, second: float) -> str:
        """Return "4.1 against 2.3 levels of 255"."""
        digits = self.digits + (min(first, second) < self.fine_below)
        return f"{first:.{digits}f} against {second:.{digits}f} {self.name}"


LEVELS, FINE_LEVELS = Unit("levels of 255", 0), Unit("levels of 255", 1)
PERCENT = Unit("percent", 0, fine_below=10.0)

UNITS = {
    "brightness": LEVELS,
    "contrast": LEVELS,
    "blacks": PERCENT,
    "whites": PERCENT,
    "saturation": PERCENT,
    "entropy": Unit("bits", 1),
    "edges": PERCENT,
    "noise": FINE_LEVELS,
    "blockiness": PERCENT,
}
"""Of the facts whose values are told as they are."""


def amount(fact: str, real: float, synthetic: float, strength: float | None) -> str:
    """Say by how much the synthetic side differs from the real one.

    Parameters
    ----------
    fact
        Its name.
    real, synthetic
        Medians.
    strength
        Of the alteration that makes the sides alike; None: there is none.
    """
    if strength is not None and fact in BY_STRENGTH:
        return BY_STRENGTH[fact](real, synthetic, abs(strength))
    if fact in UNITS:
        return UNITS[fact].compared(synthetic, real)
    return BY_VALUES[fact](real, synthetic)


def _percent_steeper(real: float, synthetic: float) -> str:
    return f"by {100.0 * abs(synthetic / real - 1.0) if real else 0.0:.0f} percent"


def _kelvin(real: float, synthetic: float) -> str:
    shift = (synthetic - real) * math.log(2.0) / _PLANCK
    temperature = 1.0 / max(1.0 / DAYLIGHT + shift, 1e-5)
    return f"as if lit by {_round(temperature):,} instead of {_round(DAYLIGHT):,} kelvin"


def _round(kelvin: float) -> int:
    return int(round(min(kelvin, 40_000.0), -2))


def _green_light(real: float, synthetic: float) -> str:
    return f"green light by {100.0 * abs(2.0 ** (synthetic - real) - 1.0):.0f} percent"


def _falling(real: float, synthetic: float) -> str:
    share = 100.0 * (1.0 - 2.0 ** -abs(synthetic - real))
    more = "more" if synthetic > real else "less"
    return f"{share:.0f} percent {more} is lost with every halving of its size"


def _pixels(count: float) -> str:
    text = f"{count:.1f}".removesuffix(".0")
    return f"{text} pixel" if text == "1" else f"{text} pixels"


BY_VALUES: dict[str, Callable[[float, float], str]] = {
    "warmth": _kelvin,
    "tint": _green_light,
    "sharpness": _percent_steeper,
    "slope": _falling,
    "vignetting": lambda real, synthetic: f"by {abs(synthetic - real):.1f} stops",
    "aberration": lambda real, synthetic: f"{_pixels(abs(synthetic - real))} in the corners",
}
"""Of facts whose values nobody knows by themselves: what follows from both."""

BY_STRENGTH: dict[str, Callable[[float, float, float], str]] = {
    "brightness": lambda real, synthetic, stops: (
        f"{LEVELS.compared(synthetic, real)}, about {stops:.1f} stops"
    ),
    "noise": lambda _real, _synthetic, levels: (
        f"about {levels:.1f} levels of 255 of noise between them"
    ),
    "sharpness": lambda _real, _synthetic, radius: f"about {_pixels(radius)} of blur",
}
"""Of facts that an alteration measures better than their values do."""
