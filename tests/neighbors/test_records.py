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
