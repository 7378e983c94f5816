"""Give-aways that need no look at the picture: format, size, color mode, compression, bytes."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from twinscore.images.records import ImageFacts

SEPARATES = 0.9
"""Accuracy from which a fact alone is said to tell the sides apart."""

PARTLY = 0.6
"""Accuracy from which a fact is said to tell part of the images apart, if beyond chance."""

_STANDARD_ERRORS = 4.0
"""That an accuracy must lie above chance: one side in thousands does so without a difference."""

_MOST_CLASSES = 16
_FEWEST_IN_A_CLASS = 8


@dataclass(frozen=True, slots=True)
class Confound:
    """How well one fact about the files alone tells the sides apart.

    Attributes
    ----------
    fact
        "format", "size", "color mode", "JPEG quality", "file size" or "bytes per pixel".
    accuracy
        Share of images, sides weighted equally, put on the right side by the fact alone, each
        judged by the others: 0.5 is chance.
    separates
        Whether that is so much that a score may rest on it.
    real, synthetic
        The most common value of each side, with its share.
    partly
        Whether the fact tells some images apart, more than chance would, and yet not most: half
        of the renders have another size, for one. Never together with `separates`.
    telltale
        The value that differs most: what it is, its share of the real and of the synthetic side.
    """

    fact: str
    accuracy: float
    separates: bool
    real: tuple[str, float]
    synthetic: tuple[str, float]
    partly: bool = False
    telltale: tuple[str, float, float] = ("", 0.0, 0.0)


def find_confounds(
    real: Sequence[ImageFacts | None], synthetic: Sequence[ImageFacts | None]
) -> list[Confound]:
    """Judge each fact that is known of both sides.

    File size and bytes per pixel are compared in classes of about as many images each, since
    hardly two files have the same.

    Parameters
    ----------
    real, synthetic
        Facts per image; None where unknown.
    """
    facts: dict[str, Callable[[ImageFacts], Hashable | None]] = {
        "format": lambda fact: fact.format,
        "size": lambda fact: f"{fact.width}x{fact.height}",
        "color mode": lambda fact: fact.mode,
        "JPEG quality": lambda fact: fact.quality,
    }
    confounds = []
    for name, value_of in facts.items():
        sides = [
            Counter(str(value_of(fact)) for fact in side if fact and value_of(fact) is not None)
            for side in (real, synthetic)
        ]
        if all(sides):
            confounds.append(_judged(name, *sides))
    for name, amount_of, described in (
        ("file size", _bytes, _described_bytes),
        ("bytes per pixel", _bytes_per_pixel, _described_density),
    ):
        amounts = [
            np.array([amount for fact in side if fact and (amount := amount_of(fact)) is not None])
            for side in (real, synthetic)
        ]
        if all(len(side) for side in amounts):
            confounds.append(_judged(name, *_in_classes(amounts, described)))
    return confounds


def _bytes(fact: ImageFacts) -> float | None:
    return None if fact.file_size is None else float(fact.file_size)


def _bytes_per_pixel(fact: ImageFacts) -> float | None:
    pixels = fact.width * fact.height
    return None if fact.file_size is None or not pixels else fact.file_size / pixels


def _described_bytes(low: float, high: float) -> str:
    return f"{low / 1000:,.3g} to {high / 1000:,.3g} kB"


def _described_density(low: float, high: float) -> str:
    return f"{low:.3g} to {high:.3g}"


def _in_classes(
    sides: list[np.ndarray], described: Callable[[float, float], str]
) -> tuple[Counter[str], Counter[str]]:
    """Sort amounts into classes that hold equal numbers of images of both sides, weighted."""
    smaller = min(map(len, sides))
    count = max(2, min(_MOST_CLASSES, smaller // _FEWEST_IN_A_CLASS))
    shares = np.linspace(0, 1, count + 1)[1:-1]
    # Of the larger side no more counts than of the smaller one: by quantiles, not by images.
    even = (np.arange(smaller) + 0.5) / smaller
    pooled = np.concatenate([np.quantile(side, even) for side in sides])
    edges = np.unique(np.quantile(pooled, shares))
    low, high = float(min(map(np.min, sides))), float(max(map(np.max, sides)))
    bounds = [low, *edges.tolist(), high]
    names = [described(bounds[place], bounds[place + 1]) for place in range(len(bounds) - 1)]
    real, synthetic = (
        Counter(names[place] for place in np.searchsorted(edges, side, side="right").tolist())
        for side in sides
    )
    return real, synthetic


def _judged(fact: str, real: Counter[str], synthetic: Counter[str]) -> Confound:
    accuracy = (_accuracy(real, synthetic) + _accuracy(synthetic, real)) / 2.0
    separates = accuracy >= SEPARATES
    error = math.sqrt((1 / real.total() + 1 / synthetic.total()) / 16.0)
    beyond_chance = accuracy - 0.5 > _STANDARD_ERRORS * error
    return Confound(
        fact,
        accuracy,
        separates,
        _most_common(real),
        _most_common(synthetic),
        accuracy >= PARTLY and beyond_chance and not separates,
        _telltale(real, synthetic),
    )


def _accuracy(own: Counter[str], other: Counter[str]) -> float:
    """Share of images that share their value with a larger part of their own side, without them."""
    own_total, other_total = own.total(), other.total()
    right = 0.0
    for value, count in own.items():
        own_share = (count - 1) / max(own_total - 1, 1)
        other_share = other[value] / other_total
        right += count * (0.5 if own_share == other_share else float(own_share > other_share))
    return right / own_total


def _most_common(values: Counter[str]) -> tuple[str, float]:
    value, count = max(values.items(), key=lambda item: (item[1], item[0]))
    return value, count / values.total()


def _telltale(real: Counter[str], synthetic: Counter[str]) -> tuple[str, float, float]:
    shares = {
        value: (real[value] / real.total(), synthetic[value] / synthetic.total())
        for value in real | synthetic
    }
    value = max(shares, key=lambda name: (abs(shares[name][0] - shares[name][1]), name))
    return value, *shares[value]
