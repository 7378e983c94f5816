"""Answers of searches, cut."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts


@pytest.mark.parametrize("grid", [3, 6, 1_000])
@pytest.mark.parametrize("k", [1, 4, 9, 12])
def test_the_first_neighbors_are_those_of_a_search_for_fewer(grid: int, k: int) -> None:
    points = np.random.default_rng(0).integers(0, grid, size=(90, 3)).astype(np.float32)
    cut, expected = ts.self_knn(points, 12).first(k), ts.self_knn(points, k)
    for name in ("distances", "ids", "tie_offsets", "tie_ids", "further"):
        np.testing.assert_array_equal(getattr(cut, name), getattr(expected, name), err_msg=name)


@pytest.mark.parametrize("levels", [2, 20])
def test_neighbors_of_some_points_are_theirs_with_all_their_ties(levels: int) -> None:
    random = np.random.default_rng(levels)
    points = random.integers(0, levels, (300, 3)).astype(np.float32)
    found, rows = ts.self_knn(points, 4), random.permutation(300)[:90]
    some = found.of(rows)
    np.testing.assert_array_equal(some.ids, found.ids[rows])
    np.testing.assert_array_equal(some.distances, found.distances[rows])
    for place, row in enumerate(rows.tolist()):
        ties = slice(*found.tie_offsets[row : row + 2])
        np.testing.assert_array_equal(
            some.tie_ids[slice(*some.tie_offsets[place : place + 2])], found.tie_ids[ties]
        )
    np.testing.assert_array_equal(some.further, found.further[rows])
