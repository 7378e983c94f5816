"""A caution is named in few words that say what it is about."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scored import score_all
from twinscore.report.cautions import HEADLINE, headline


@pytest.mark.parametrize(
    ("caution", "named"),
    [
        ("hubs: a few images are neighbors of most others", "hubs"),
        ("copies (3 of 4): they raise: the score", "copies (3 of 4)"),
        ("stopped with Ctrl-C", "stopped with Ctrl-C"),
        (
            "a caution without a single mark that would tell where it can be cut in two",
            "a caution without a single mark that would …",
        ),
        (
            "only the real side has the classes 'person', 'bus' (58 objects): they count for all",
            "only the real side has the classes 'person' …",
        ),
        (
            "the two results have different real images, of which nothing more is known at all",
            "the two results have different real images",
        ),
    ],
)
def test_a_headline_is_what_stands_before_the_colon_or_the_first_words(
    caution: str, named: str
) -> None:
    assert headline(caution) == named


@given(st.text(string.ascii_letters + " :,;()"))
def test_a_headline_is_short_and_begins_as_its_caution(caution: str) -> None:
    named = headline(caution)
    assert len(named) <= HEADLINE + 1
    assert caution.strip().startswith(named.removesuffix(" …"))


def test_the_cautions_of_a_score_have_headlines_of_their_own() -> None:
    random = np.random.default_rng(0)
    real = random.standard_normal((200, 4)).astype(np.float32)
    real[100:] = real[:100]
    synthetic = random.standard_normal((200, 4)).astype(np.float32) * np.float32(2.0)
    synthetic[:50] = real[:50]
    warnings = score_all(real, synthetic).warnings
    assert len(warnings) >= 3
    for caution in warnings:
        assert not headline(caution).endswith("…"), caution
        assert headline(caution) != caution
