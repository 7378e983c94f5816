"""Lists among units are those that a search of the units finds."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.pool import Pool
from twinscore.measures.unit_lists import drawn_lists, thinned_lists


@pytest.mark.parametrize(("alike", "grid"), [(4, 1e6), (60, 1e6), (4, 6.0), (190, 1e6)])
def test_lists_without_copies_are_those_of_a_search_without_them(alike: int, grid: float) -> None:
    random = np.random.default_rng(0)
    points = np.floor(grid * random.random((200, 3))).astype(np.float32)
    groups = np.arange(200)
    groups[-alike:] = random.integers(0, 200 - alike, alike)
    groups = np.unique(groups, return_inverse=True)[1].astype(np.int64)
    pool = Pool(points, np.arange(200) < 100, groups)
    width = min(6, len(np.unique(groups)) - 1)
    found = thinned_lists(pool, ts.self_knn(points, 11), width)
    assert len(found.rows) == len(np.unique(groups))
    np.testing.assert_array_equal(groups[found.rows], np.arange(len(found.rows)))
    expected = ts.self_knn(points[found.rows], width)
    for name in ("distances", "ids", "tie_offsets", "tie_ids"):
        np.testing.assert_array_equal(
            getattr(found.neighbors, name), getattr(expected, name), err_msg=name
        )


def test_draws_take_one_image_of_each_unit() -> None:
    points = np.random.default_rng(0).standard_normal((60, 3)).astype(np.float32)
    pool = Pool(points, np.arange(60) < 30, np.repeat(np.arange(20), 3))
    draws = list(drawn_lists(pool, 4, seed=0))
    for lists in draws:
        np.testing.assert_array_equal(lists.rows // 3, np.arange(20))
        expected = ts.self_knn(points[lists.rows], 4)
        np.testing.assert_array_equal(lists.neighbors.ids, expected.ids)
    assert len({tuple(lists.rows) for lists in draws}) == len(draws)
