"""Photographs that no render comes near, and which of them to render like first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from twinscore.neighbors.settings import EXACT
from twinscore.planning.uncovered import neighbor_count, surroundings_of_photographs


def by_definition(
    real: npt.NDArray[np.float32], synthetic: npt.NDArray[np.float32], k: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which photographs are covered, and which (row, column) a render like row would cover."""
    within = np.square(real[:, None].astype(np.float64) - real[None]).sum(axis=2)
    across = np.square(real[:, None].astype(np.float64) - synthetic[None]).sum(axis=2)
    own = np.square(synthetic[:, None].astype(np.float64) - synthetic[None]).sum(axis=2)
    np.fill_diagonal(within, np.inf)
    np.fill_diagonal(own, np.inf)
    reach = np.sort(within, axis=1)[:, k - 1]
    guarded = across.min(axis=0) <= np.sort(own, axis=1)[:, k - 1]
    covered = (across[:, guarded] < reach[:, None]).any(axis=1)
    reached = (within <= reach[None, :]) | np.eye(len(real), dtype=np.bool_)
    return covered, reached


@pytest.mark.parametrize("synthetic_count", [30, 60, 240])
def test_what_is_covered_and_what_a_render_would_cover_is_as_defined(synthetic_count: int) -> None:
    random = np.random.default_rng(0)
    real = random.standard_normal((60, 3)).astype(np.float32)
    synthetic = random.standard_normal((synthetic_count, 3)).astype(np.float32)
    synthetic[:, 0] = np.abs(synthetic[:, 0]) + 0.5
    found = surroundings_of_photographs(real, synthetic, EXACT)
    covered, reached = by_definition(real, synthetic, neighbor_count(60, synthetic_count))
    np.testing.assert_array_equal(found.covered, covered)
    for row in range(60):
        listed = found.reached[found.offsets[row] : found.offsets[row + 1]]
        assert sorted(listed.tolist()) == np.flatnonzero(reached[row]).tolist()


def test_a_perfect_twin_comes_near_most_photographs_and_a_foreign_set_near_none() -> None:
    random = np.random.default_rng(1)
    real, twin = random.standard_normal((2, 400, 4)).astype(np.float32)
    assert surroundings_of_photographs(real, twin, EXACT).covered.mean() > 0.85
    assert not surroundings_of_photographs(real, twin + 50.0, EXACT).covered.any()
    shrunken = 0.01 * twin
    assert surroundings_of_photographs(real, shrunken, EXACT).covered.mean() < 0.1


def test_each_choice_covers_most_of_what_is_left_and_all_is_covered_in_the_end() -> None:
    random = np.random.default_rng(2)
    real = random.standard_normal((80, 3)).astype(np.float32)
    synthetic = random.standard_normal((80, 3)).astype(np.float32) + 1.0
    found = surroundings_of_photographs(real, synthetic, EXACT)
    covered, reached = by_definition(real, synthetic, neighbor_count(80, 80))
    everything = np.ones(80, dtype=np.bool_)
    for row, gain in found.greedy(everything):
        gains = (reached & ~covered).sum(axis=1)
        assert gain == gains[row] == gains.max()
        covered |= reached[row]
    assert covered.all()


def test_only_photographs_that_are_allowed_are_chosen() -> None:
    random = np.random.default_rng(3)
    real = random.standard_normal((50, 3)).astype(np.float32)
    found = surroundings_of_photographs(real, real[:10] + 9.0, EXACT)
    allowed = np.arange(50) < 7
    assert {row for row, _ in found.greedy(allowed)} <= set(range(7))


def test_rows_are_those_of_the_real_side() -> None:
    random = np.random.default_rng(4)
    real = random.standard_normal((30, 3)).astype(np.float32)
    rows = np.arange(0, 90, 3)
    found = surroundings_of_photographs(real, real + 30.0, EXACT, rows=rows)
    assert {row for row, _ in found.greedy(np.ones(90, dtype=np.bool_))} <= set(rows.tolist())


@pytest.mark.parametrize(("own", "other", "k"), [(100, 100, 4), (800, 100, 20), (100, 800, 2)])
def test_the_number_of_neighbors_is_that_at_which_a_perfect_twin_reaches_nine_in_ten(
    own: int, other: int, k: int
) -> None:
    assert neighbor_count(own, other) == k
