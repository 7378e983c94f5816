from __future__ import annotations

from typing import Any

import pytest

from twinscore.comparison.view_differences import view_differences


def row(score: float | None, closeness: float | None = None, **others: Any) -> dict[str, Any]:
    interval = None if score is None else [score - 0.05, score + 0.05]
    of_both = None
    if closeness is not None:
        of_both = {"value": closeness, "interval": [closeness - 0.02, closeness + 0.02]}
    return {"score": score, "interval": interval, "closeness": of_both, **others}


BEFORE = {
    "items": row(0.5, 0.9, classes=[row(0.4, class_name="car"), row(None, class_name="sign")]),
    "environment": row(0.1, 0.4),
    "scenes": row(0.1),
}
AFTER = {
    "items": row(0.9, 0.95, classes=[row(0.9, class_name="car"), row(0.3, class_name="sign")]),
    "environment": row(0.12, 0.8),
}


def test_rows_of_both_results_are_compared_and_no_others() -> None:
    found = view_differences(BEFORE, AFTER)
    assert [(each.view, each.class_name) for each in found] == [
        ("items", "car"),
        ("items", None),
        ("environment", None),
    ]
    items = found[1]
    assert (items.first, items.second) == (0.5, 0.9)
    assert items.difference == pytest.approx(0.4)
    assert items.interval[0] > 0.3
    assert items.adjusted_p_value < 0.001
    environment = found[2]
    assert environment.adjusted_p_value > 0.05
    assert environment.closeness is not None
    assert environment.closeness.is_beyond_chance


def test_p_values_are_corrected_for_the_number_of_rows() -> None:
    for each in view_differences(BEFORE, AFTER):
        assert each.p_value <= each.adjusted_p_value <= min(1.0, 3 * each.p_value)


@pytest.mark.parametrize(("first", "second"), [(None, AFTER), (BEFORE, None), (BEFORE, {})])
def test_without_views_on_both_sides_nothing_is_compared(first: Any, second: Any) -> None:
    assert view_differences(first, second) == ()
