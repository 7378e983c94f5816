"""Whether later values lie elsewhere: by ranks, and wider where neighbors are alike."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from twinscore.measures.step import steps_between_halves


def test_separation_counts_pairs_and_ties_by_half() -> None:
    random = np.random.default_rng(0)
    series = random.integers(0, 5, (40, 3)).astype(np.float64)
    for column, step in zip(series.T, steps_between_halves(series), strict=True):
        early, late = column[:20], column[20:]
        higher = (late[:, None] > early).mean() + 0.5 * (late[:, None] == early).mean()
        assert step.separation == pytest.approx(higher)
        assert (step.before, step.now) == (np.median(early), np.median(late))


def test_independent_values_are_judged_no_bolder_than_by_mann_and_whitney() -> None:
    random = np.random.default_rng(1)
    series = random.normal(size=(60, 40))
    series[30:] += 0.8
    for column, step in zip(series.T, steps_between_halves(series), strict=True):
        plain = stats.mannwhitneyu(
            column[:30], column[30:], use_continuity=False, method="asymptotic"
        )
        # The correlation of neighbors is added up to its error, so that p-values are higher.
        assert step.p_value >= 0.9 * plain.pvalue


@pytest.mark.parametrize("alike", [1, 2, 4])
def test_chance_alone_is_rare_however_many_neighbors_are_alike(alike: int) -> None:
    random = np.random.default_rng(alike)
    values = np.repeat(random.normal(size=(64 // alike, 2_000)), alike, axis=0)
    values += random.normal(0.0, 0.1, values.shape)
    p_values = np.array([step.p_value for step in steps_between_halves(values)])
    assert (p_values < 0.05).mean() < 0.06
    assert (p_values < 0.001).mean() < 0.003


def test_a_step_is_found() -> None:
    values = np.random.default_rng(5).normal(size=(64, 1))
    values[32:] += 2.0
    assert steps_between_halves(values)[0].p_value < 1e-5


def test_a_series_with_missing_or_equal_values_tells_nothing() -> None:
    series = np.zeros((20, 2))
    series[3, 0] = np.nan
    missing, equal = steps_between_halves(series)
    assert np.isnan(missing.p_value)
    assert equal.p_value == 1.0
