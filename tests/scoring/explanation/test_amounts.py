"""Amounts in words: a unit with every number, and no symbol."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.scoring.explanation.amounts import amount
from twinscore.scoring.explanation.wording import WORDINGS, change, difference

VALUES = st.floats(0.01, 100.0)


@given(st.sampled_from(FACT_NAMES), VALUES, VALUES, st.none() | st.floats(0.0, 8.0))
def test_every_fact_is_told_in_words_and_numbers(
    fact: str, real: float, synthetic: float, strength: float | None
) -> None:
    text = amount(fact, real, synthetic, strength)
    assert any(letter.isdigit() for letter in text)
    assert not set("=%<>±+-") & set(text)


def test_there_are_words_for_every_fact() -> None:
    assert set(WORDINGS) == set(FACT_NAMES)


@pytest.mark.parametrize(
    ("fact", "real", "synthetic", "strength", "text"),
    [
        ("brightness", 80.0, 95.0, 0.3, "95 against 80 levels of 255, about 0.3 stops"),
        ("brightness", 80.0, 95.0, None, "95 against 80 levels of 255"),
        ("noise", 2.3, 4.1, None, "4.1 against 2.3 levels of 255"),
        ("noise", 2.3, 4.1, 3.4, "about 3.4 levels of 255 of noise between them"),
        ("whites", 0.24, 12.0, None, "12.0 against 0.2 percent"),
        ("saturation", 32.0, 41.0, None, "41 against 32 percent"),
        ("sharpness", 1.0, 0.6, None, "by 40 percent"),
        ("sharpness", 1.0, 0.6, 1.0, "about 1 pixel of blur"),
        ("warmth", 0.0, 0.5, -0.5, "as if lit by 5,000 instead of 6,500 kelvin"),
        ("vignetting", -0.5, -1.25, 0.7, "by 0.8 stops"),
        ("aberration", 0.1, -0.4, None, "0.5 pixels in the corners"),
    ],
)
def test_amounts(
    fact: str, real: float, synthetic: float, strength: float | None, text: str
) -> None:
    assert amount(fact, real, synthetic, strength) == text


def test_the_direction_is_that_of_the_second_value() -> None:
    assert difference("noise", 2.3, 4.1, None).startswith("noisier than photographs (4.1 against")
    assert change("noise", 4.1, 2.3) == (
        "cleaner than earlier ones (2.3 against 4.1 levels of 255)"
    )
