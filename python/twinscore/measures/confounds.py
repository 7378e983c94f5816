"""Give-aways that need no look at the picture: format, size, color mode, compression."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from twinscore.images.records import ImageFacts

SEPARATES = 0.9
"""Accuracy from which a fact alone is said to tell the sides apart."""


@dataclass(frozen=True, slots=True)
class Confound:
    """How well one fact about the files alone tells the sides apart.

    Attributes
    ----------
    fact
        "format", "size", "color mode" or "JPEG quality".
    accuracy
        Share of images, sides weighted equally, put on the right side by the fact alone, each
        judged by the others: 0.5 is chance.
    separates
        Whether that is so much that a score may rest on it.
    real, synthetic
        The most common value of each side, with its share.
    """

    fact: str
    accuracy: float
    separates: bool
    real: tuple[str, float]
    synthetic: tuple[str, float]


def find_confounds(
    real: Sequence[ImageFacts | None], synthetic: Sequence[ImageFacts | None]
) -> list[Confound]:
    """Judge each fact that is known of both sides.

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
    return confounds


def _judged(fact: str, real: Counter[str], synthetic: Counter[str]) -> Confound:
    accuracy = (_accuracy(real, synthetic) + _accuracy(synthetic, real)) / 2.0
    return Confound(
        fact, accuracy, accuracy >= SEPARATES, _most_common(real), _most_common(synthetic)
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
