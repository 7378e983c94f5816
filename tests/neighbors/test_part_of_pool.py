"""The neighbors of a part of a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from twinscore.neighbors.part_of_pool import self_knn_of_part
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix
    from twinscore.neighbors.records import Neighbors

FIELDS = ("distances", "ids", "tie_offsets", "tie_ids", "further")


def check_same(found: Neighbors, expected: Neighbors) -> None:
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)


@pytest.mark.parametrize("levels", [2, 5, 30, 100_000])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 1.0])
@pytest.mark.parametrize(("k", "listed"), [(1, 1), (1, 11), (3, 11), (10, 11), (5, 40)])
def test_a_part_has_the_neighbors_that_a_search_of_it_finds(
    levels: int, share: float, k: int, listed: int
) -> None:
    random = np.random.default_rng(levels)
    points = random.integers(0, levels, (400, 4)).astype(np.float32)
    rows = random.permutation(400)[: int(share * 400)]
    found = self_knn_of_part(points, rows, k, lists=ts.self_knn(points, listed), search=EXACT)
    check_same(found, ts.self_knn(points[rows], k))


def test_lists_of_everything_tell_all_of_a_part() -> None:
    points = np.random.default_rng(0).integers(0, 3, (30, 2)).astype(np.float32)
    rows = np.arange(0, 30, 2)
    found = self_knn_of_part(points, rows, 14, lists=ts.self_knn(points, 29), search=EXACT)
    check_same(found, ts.self_knn(points[rows], 14))


@pytest.mark.parametrize("listed", [2, 6, 40])
def test_only_what_lists_do_not_tell_is_searched(
    listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(1)
    points, rows = random.standard_normal((1_000, 8)).astype(np.float32), np.arange(500)
    lists = ts.self_knn(points, listed)
    searched: list[int] = []
    knn, self_knn = SearchSettings.knn, SearchSettings.self_knn

    def asked(
        self: SearchSettings,
        queries: PointMatrix,
        reference: PointMatrix,
        k: int,
        *,
        query_groups: IdArray,
        reference_groups: IdArray,
    ) -> Neighbors:
        searched.append(len(queries))
        return knn(
            self,
            queries,
            reference,
            k,
            query_groups=query_groups,
            reference_groups=reference_groups,
        )

    def all_asked(self: SearchSettings, points: PointMatrix, k: int) -> Neighbors:
        searched.append(len(points))
        return self_knn(self, points, k)

    monkeypatch.setattr(SearchSettings, "knn", asked)
    monkeypatch.setattr(SearchSettings, "self_knn", all_asked)
    self_knn_of_part(points, rows, 1, lists=lists, search=EXACT)
    lacking = int(np.count_nonzero((lists.ids[rows] >= 500).all(axis=1)))
    assert searched == {2: [500], 6: [lacking], 40: []}[listed]
    assert lacking == 0 if listed == 40 else lacking > 0


@pytest.mark.parametrize("backend", ["sklearn", "hnsw"])
def test_lists_of_a_search_that_rounds_or_misses_neighbors_are_not_trusted(backend: str) -> None:
    package = {"sklearn": "sklearn", "hnsw": "hnswlib"}[backend]
    pytest.importorskip(package, reason="needs a backend")
    points = np.random.default_rng(2).standard_normal((200, 4)).astype(np.float32)
    wrong = ts.self_knn(points[::-1].copy(), 11)
    rows = np.arange(150)
    found = self_knn_of_part(points, rows, 1, lists=wrong, search=SearchSettings(backend))
    check_same(found, ts.self_knn(points[rows], 1, backend=backend))
