"""Numbers are written as precisely as they are known."""

from __future__ import annotations

import pytest

from twinscore.report.figures import as_sure_as, p_value_text


@pytest.mark.parametrize(
    ("p_value", "text"),
    [(0.5, "p = 0.5"), (0.0312, "p = 0.031"), (1e-4, "p <= 0.0001"), (0.0, "p <= 0.0001")],
)
def test_a_p_value_at_the_floor_is_said_to_be_no_larger(p_value: float, text: str) -> None:
    assert p_value_text(p_value) == text


def test_a_third_digit_is_shown_where_the_interval_is_narrow() -> None:
    assert as_sure_as(0.7041, (0.61, 0.80)) == "0.70"
    assert as_sure_as(0.7041, (0.699, 0.709)) == "0.704"
