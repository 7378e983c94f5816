from __future__ import annotations

import math

import numpy as np
import pytest

from twinscore.graph.intervals import wilson_interval
from twinscore.measures.clustered import (
    clustered_variance,
    difference_interval,
    share_interval,
    unit_mean,
)

RANDOM = np.random.default_rng(0)


def test_every_unit_counts_alike() -> None:
    assert unit_mean(np.array([1.0, 1.0, 1.0, 0.0]), np.array([7, 7, 7, 9])) == pytest.approx(0.5)


def test_values_of_their_own_have_the_variance_of_a_mean() -> None:
    values = RANDOM.random(40)
    expected = values.var(ddof=1) / 40
    assert clustered_variance(values, np.arange(40)) == pytest.approx(expected, rel=1e-12)


def test_repeating_every_value_within_its_unit_changes_nothing() -> None:
    values = RANDOM.random(30)
    repeated, units = np.repeat(values, 4), np.repeat(np.arange(30), 4)
    assert clustered_variance(repeated, units) == pytest.approx(
        clustered_variance(values, np.arange(30)), rel=1e-12
    )


def test_clusters_that_agree_widen_and_those_that_cancel_do_not_narrow() -> None:
    values = np.repeat(RANDOM.integers(0, 2, 20).astype(float), 5)
    units, clusters = np.arange(100), np.repeat(np.arange(20), 5)
    alone = clustered_variance(values, units)
    assert clustered_variance(values, units, clusters) == pytest.approx(5 * alone, rel=0.01)
    cancelling = np.tile([0.0, 1.0], 50)
    pairs = np.repeat(np.arange(50), 2)
    alone = clustered_variance(cancelling, units)
    assert clustered_variance(cancelling, units, pairs) == alone


def test_the_share_of_independent_trials_has_wilsons_interval() -> None:
    values = np.r_[np.ones(30), np.zeros(70)]
    low, high = share_interval(values, np.arange(100))
    expected = wilson_interval(0.3, 99.0)
    assert (low, high) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_shares_at_the_ends_are_not_taken_for_certain(value: float) -> None:
    low, high = share_interval(np.full(50, value), np.arange(50))
    assert low <= value <= high
    assert 0.02 < high - low < 0.2


def test_a_single_unit_tells_nothing() -> None:
    values, units = np.ones(5), np.zeros(5, np.int64)
    assert share_interval(values, units) == (0.0, 1.0)
    assert math.isinf(clustered_variance(values, units))
    assert difference_interval(values, units) == (-1.0, 1.0)


@pytest.mark.parametrize("value", [-1.0, 1.0])
def test_the_interval_of_differences_that_are_all_the_same_is_in_order(value: float) -> None:
    for units in range(2, 100):
        low, high = difference_interval(np.full(units, value), np.arange(units))
        assert low <= high
