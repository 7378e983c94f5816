"""Which declared value an image has."""

from __future__ import annotations

from pathlib import Path

import pytest

from twinscore.domain.declaration import Clause, Condition, Domain, bin_name
from twinscore.domain.values import UNDECLARED, codes_of, images_of, value_codes

DISTANCE = Condition(
    "distance", "distance", ("0 to 10", "10 to 50", "50 to 100"), (0.2, 0.3, 0.5), (0, 10, 50, 100)
)
WEATHER = Condition("weather", "weather", ("clear", "Rain"), (0.5, 0.5))
LANES = Condition("lanes", "lanes", ("1", "2"), (0.5, 0.5))
DOMAIN = Domain(file=Path("domain.toml"), conditions=(DISTANCE, WEATHER))


@pytest.mark.parametrize(
    ("value", "code"),
    [("0", 0), ("9.99", 0), ("10", 1), ("1e1", 1), (" 50.0 ", 2), ("100", 2), ("0 to 10", 0)]
    + [(value, UNDECLARED) for value in ("100.01", "-0.1", "nan", "inf", "far", "", None)],
)
def test_a_number_is_in_the_bin_that_begins_with_it_and_the_last_end_in_the_last_bin(
    value: str | None, code: int
) -> None:
    assert value_codes(DISTANCE, [value]).tolist() == [code]


@pytest.mark.parametrize(
    ("value", "code"), [("clear", 0), (" CLEAR", 0), ("rain", 1), ("snow", UNDECLARED), (None, -1)]
)
def test_case_and_outer_spaces_of_words_do_not_count(value: str | None, code: int) -> None:
    assert value_codes(WEATHER, [value]).tolist() == [code]


@pytest.mark.parametrize("value", ["2", "2.0", " 2 ", "2e0"])
def test_numbers_are_the_same_however_they_are_spelled(value: str) -> None:
    assert value_codes(LANES, [value]).tolist() == [1]


def test_bins_without_an_end_have_names_that_say_so() -> None:
    assert bin_name(float("-inf"), 0.0) == "below 0"
    assert bin_name(50.0, float("inf")) == "50 and more"


def test_a_clause_asks_for_conditions_and_for_other_columns() -> None:
    columns: dict[str, list[str | None]] = {
        "weather": ["rain", "rain", "clear", "rain"],
        "distance": ["5", "5", "5", "70"],
        "child": ["True", "no", "yes", "1"],
        "speed": ["30.0", "30", None, "30"],
    }
    codes = codes_of(DOMAIN, columns, 4)

    def found(*where: tuple[str, tuple[str | float | bool, ...]]) -> list[bool]:
        return [bool(there) for there in images_of(Clause(where), DOMAIN, columns, codes)]

    assert found(("weather", ("Rain",))) == [True, True, False, True]
    assert found(("weather", ("Rain",)), ("child", (True,))) == [True, False, False, True]
    assert found(("distance", ("0 to 10", "10 to 50"))) == [True, True, True, False]
    assert found(("speed", (30.0,))) == [True, True, False, True]
    assert found(("nowhere", ("x",))) == [False] * 4
