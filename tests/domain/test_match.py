"""The mix of synthetic images against the one that was declared, in exact counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twinscore as ts
from twinscore.domain.declaration import Condition
from twinscore.domain.match import cover_pairs, match_condition, plan_range, whole_numbers
from twinscore.domain.values import codes_of, value_codes

if TYPE_CHECKING:
    from pathlib import Path

WEATHER = Condition("weather", "weather", ("clear", "rain", "fog"), (0.5, 0.3, 0.2))


def test_missing_and_excess_are_exact_counts_and_strangers_are_named() -> None:
    column = [*["clear"] * 70, *["rain"] * 20, *["snow"] * 7, *[None] * 3]
    found = match_condition(
        WEATHER,
        value_codes(WEATHER, column),
        column,
        np.zeros(100, dtype=np.bool_),
        np.arange(100),
    )
    assert found.match == pytest.approx(0.5 + 0.2)
    assert [(item.wanted, item.images, item.missing, item.excess) for item in found.values] == [
        (50, 70, 0, 20),
        (30, 20, 10, 0),
        (20, 0, 20, 0),
    ]
    assert [(item.value, item.images) for item in found.undeclared] == [("snow", 7), (None, 3)]


def test_images_of_an_excluded_kind_fill_no_place() -> None:
    column = ["clear"] * 50 + ["rain"] * 30 + ["fog"] * 20
    excluded = np.arange(100) >= 90
    found = match_condition(WEATHER, value_codes(WEATHER, column), column, excluded, np.arange(100))
    assert found.values[2].missing == 10
    assert found.match == pytest.approx(0.9)


@given(
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12).filter(lambda parts: sum(parts) > 0.01),
    st.integers(0, 10_000),
)
def test_whole_numbers_sum_to_the_total_and_are_off_by_less_than_one(
    parts: list[float], total: int
) -> None:
    shares = np.array(parts) / np.sum(parts)
    numbers = whole_numbers(shares, total)
    assert sum(numbers) == total
    assert np.abs(numbers - shares * total).max() < 1.0 + 1e-6


@pytest.mark.parametrize(("images", "mean"), [(50, 0.88), (200, 0.94), (1_000, 0.97)])
def test_a_set_drawn_by_the_plan_with_six_cells_matches_as_often_as_is_known(
    images: int, mean: float
) -> None:
    found = plan_range(np.full(6, 1 / 6), np.arange(images))
    assert found.mean == pytest.approx(mean, abs=0.01)
    assert found.low < found.mean < found.high <= 1.0


def test_images_that_come_in_groups_match_like_as_many_images_as_there_are_groups() -> None:
    shares = np.array([0.5, 0.3, 0.2])
    grouped = plan_range(shares, np.repeat(np.arange(40), 5))
    single = plan_range(shares, np.arange(40))
    assert grouped.mean == pytest.approx(single.mean, abs=0.01)
    assert grouped.low == pytest.approx(single.low, abs=0.03)


def test_pairs_are_covered_from_as_many_images_on_as_were_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "domain.toml"
    file.write_text(
        "[conditions.weather]\nshares = { clear = 0.5, fog = 0.5, hail = 0 }\n"
        "[conditions.light]\nshares = { day = 0.5, night = 0.5 }\n"
        "[pairs]\nat_least = 2\n[[excluded]]\nweather = 'fog'\nlight = 'night'\n"
    )
    domain = ts.load_domain(file)
    columns = {"weather": ["clear"] * 3 + ["fog"], "light": ["day", "day", "night", "day"]}
    found = cover_pairs(domain, codes_of(domain, columns, 4))
    assert found is not None
    assert (found.covered, found.pairs) == (1, 3)
    assert found.share == pytest.approx(1 / 3)
    assert [(pair.name, pair.images) for pair in found.missing] == [
        ("clear + night", 1),
        ("fog + day", 1),
    ]
