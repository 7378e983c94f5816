"""Intervals from a sample hold the truth about the population as often as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from twinscore.measures.finite_population import difference_interval, mean_interval, sample_size

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array

REPEATS = 2_000


def population(kind: str, size: int) -> Float64Array:
    random = np.random.default_rng(5)
    if kind == "coins":
        return (random.random(size) < 0.35).astype(np.float64)
    if kind == "rare":
        return (random.random(size) < 0.01).astype(np.float64)
    return random.binomial(10, random.beta(0.5, 1.0, size)) / 10.0


@pytest.mark.parametrize("part", [0.02, 0.5])
@pytest.mark.parametrize("kind", ["coins", "rare", "tenths"])
def test_the_interval_of_a_mean_holds_it_19_times_in_20(kind: str, part: float) -> None:
    values = population(kind, 20_000)
    random = np.random.default_rng(6)
    size = round(part * len(values))
    hits = 0
    for _ in range(REPEATS):
        low, high = mean_interval(random.choice(values, size, replace=False), len(values))
        hits += low <= values.mean() <= high
    assert 0.93 <= hits / REPEATS <= 0.975


@pytest.mark.parametrize("changed", [0.0005, 0.004, 0.1])
def test_the_interval_of_a_difference_holds_it_at_least_19_times_in_20(changed: float) -> None:
    random = np.random.default_rng(7)
    values = (random.random(20_000) < changed) * np.where(random.random(20_000) < 0.8, -1.0, 1.0)
    hits = 0
    for _ in range(REPEATS):
        low, high = difference_interval(random.choice(values, 1_000, replace=False), 20_000)
        hits += low <= values.mean() <= high
    assert hits / REPEATS >= 0.935


def test_without_a_single_difference_the_rule_of_three_remains() -> None:
    low, high = difference_interval(np.zeros(1_000), 10**9)
    assert -low == high == pytest.approx(3 / 1_000, rel=0.1)


def test_a_sample_of_everything_leaves_no_doubt() -> None:
    values = population("tenths", 500)
    assert mean_interval(values, 500) == (values.mean(), values.mean())
    assert difference_interval(values, 500) == (values.mean(), values.mean())


def test_without_a_single_hit_the_mean_may_still_be_above_zero() -> None:
    low, high = mean_interval(np.zeros(400), 10**6)
    assert low == pytest.approx(0.0, abs=1e-12)
    assert 0.005 < high < 0.015


def test_values_that_vary_less_than_coins_make_a_narrower_interval() -> None:
    coins, halves = np.tile([0.0, 1.0], 100), np.tile([0.4, 0.6], 100)
    widths = [np.subtract(*mean_interval(values, 10**6)[::-1]) for values in (coins, halves)]
    assert widths[1] < 0.3 * widths[0]


@pytest.mark.parametrize("kind", ["coins", "tenths"])
@pytest.mark.parametrize("half_width", [0.02, 0.005])
def test_the_size_asked_for_gives_the_width_asked_for(kind: str, half_width: float) -> None:
    values = np.random.default_rng(8).permutation(population(kind, 200_000))
    size = sample_size(values[:2_000], len(values), half_width)
    low, high = mean_interval(values[:size], len(values))
    assert 0.85 * half_width < (high - low) / 2 <= half_width
