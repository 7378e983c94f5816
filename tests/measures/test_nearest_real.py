"""What is read from the lists of a pool is what a search of the real side finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from twinscore.measures.nearest_real import find_nearest_real
from twinscore.neighbors.settings import SearchSettings

if TYPE_CHECKING:
    from twinscore.neighbors.records import Neighbors


@pytest.mark.parametrize("apart", [0.0, 1.0, 2.0, 30.0])
@pytest.mark.parametrize("k", [1, 10])
@pytest.mark.parametrize("memory", [None, "1GiB"])
def test_lists_and_searches_find_the_same(apart: float, k: int, memory: str | None) -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 300, 4)).astype(np.float32)
    synthetic += np.float32(apart)
    lists = ts.self_knn(np.vstack([real, synthetic]), k)

    found = find_nearest_real(lists, real, synthetic, search=SearchSettings(memory=memory))

    expected = ts.knn(synthetic, real, 1)
    assert np.array_equal(found.ids, expected.ids[:, 0])
    assert np.array_equal(found.distances, expected.distances[:, 0])


def test_of_several_as_near_the_first_is_taken() -> None:
    real = np.array([[1.0], [-1.0], [-1.0], [1.0]], dtype=np.float32)
    synthetic = np.zeros((5, 1), dtype=np.float32)
    for k in range(1, 9):
        lists = ts.self_knn(np.vstack([real, synthetic]), k)

        found = find_nearest_real(lists, real, synthetic)

        assert found.ids.tolist() == [0] * 5
        assert found.distances.tolist() == [1.0] * 5


def test_only_images_without_a_real_one_in_their_list_are_searched_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(1)
    real, synthetic = random.standard_normal((2, 200, 3)).astype(np.float32)
    synthetic[:20] += 50.0
    lists = ts.self_knn(np.vstack([real, synthetic]), 10)
    queries: list[int] = []
    whole = SearchSettings.knn

    def counted(self: SearchSettings, *points: Any, **options: Any) -> Neighbors:
        queries.append(len(points[0]))
        return whole(self, *points, **options)

    monkeypatch.setattr(SearchSettings, "knn", counted)

    find_nearest_real(lists, real, synthetic)

    assert queries == [20]
