"""How objects differ between the sides, in a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.views.object_facts import SIZE
from twinscore.measures.object_gaps import CLASS_SHARE, NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.measures.object_gaps import ObjectGap

_OF_MEANS = ("overlap", "cut", NUMBER, CLASS_SHARE)
"""Facts whose median is mostly 0 or a whole number, and whose mean says more."""

_SENTENCES = {
    SIZE: "Renders show {what} at {synthetic} pixels, photographs at {real}.",
    "share": "Renders show {what} at {synthetic}% of the image, photographs at {real}%.",
    "aspect": "Renders show {what} {synthetic} times as wide as high, photographs {real} times.",
    "across": "In renders {what} lie at {synthetic}% of the width, in photographs at {real}%.",
    "down": "In renders {what} lie at {synthetic}% of the height from the top, in photographs at "
    "{real}%.",
    "overlap": "In renders another object covers {synthetic}% of {what}, in photographs {real}%.",
    "stand-out": "Renders show {what} {synthetic} levels brighter or darker than what surrounds "
    "them, photographs {real}.",
    "cut": "In renders {synthetic}% of {what} are cut at the border, in photographs {real}%.",
    NUMBER: "Renders hold {synthetic} objects an image, photographs {real}.",
    CLASS_SHARE: "In renders {synthetic}% of the objects are of class {class_name}, in "
    "photographs {real}%.",
}


def object_sentences(gaps: Sequence[ObjectGap]) -> list[str]:
    """Say in a sentence each what differs beyond chance, the most different first."""
    return [sentence_of_gap(gap) for gap in gaps if gap.beyond_chance]


def sentence_of_gap(gap: ObjectGap) -> str:
    """Say how the sides differ in one fact.

    Examples
    --------
    >>> from twinscore.measures.object_gaps import ObjectGap
    >>> sentence_of_gap(ObjectGap("size", "car", (90.0, 95.0), (40.0, 42.0), 0.1, 0.0, 0.0, True))
    'Renders show objects of class car at 40 pixels, photographs at 90.'
    """
    place = 1 if gap.fact in _OF_MEANS else 0
    what = "objects" if gap.class_name is None else f"objects of class {gap.class_name}"
    synthetic, real = _told_apart(gap.synthetic[place], gap.real[place])
    return _SENTENCES[gap.fact].format(
        what=what, class_name=gap.class_name, synthetic=synthetic, real=real
    )


def _told_apart(first: float, second: float) -> tuple[str, str]:
    """Write two numbers with as few digits as tell them apart, two at least."""
    for digits in (2, 3, 4):
        texts = _rounded(first, digits), _rounded(second, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _rounded(value: float, digits: int) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"
