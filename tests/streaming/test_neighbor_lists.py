from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from twinscore.graph.neighbor_graph import NeighborGraph, graph_of
from twinscore.neighbors import knn, self_knn
from twinscore.streaming.neighbor_lists import NeighborLists

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.neighbors.records import Neighbors


@dataclass
class ChangingPool:
    """Points that come, go and are replaced; a coarse grid makes ties and duplicates."""

    random: np.random.Generator
    columns: int
    grid: int
    grouped: bool
    points: FloatMatrix
    serials: IdArray
    groups: IdArray

    @classmethod
    def of(cls, seed: int, count: int) -> ChangingPool:
        random = np.random.default_rng(seed)
        pool = cls(
            random,
            columns=int(random.integers(1, 4)),
            grid=int(random.choice([2, 5, 50])),
            grouped=seed % 3 == 0,
            points=np.empty((0, 0), dtype=np.float32),
            serials=np.empty(0, dtype=np.int64),
            groups=np.empty(0, dtype=np.int64),
        )
        pool.points = pool.new_points(count)
        pool.serials = np.arange(count)
        pool.groups = pool.new_groups(pool.serials)
        return pool

    def new_points(self, count: int) -> FloatMatrix:
        return self.random.integers(0, self.grid, (count, self.columns)).astype(np.float32)

    def new_groups(self, serials: IdArray) -> IdArray:
        return self.random.integers(0, 20, len(serials)) if self.grouped else serials

    def change(self) -> None:
        count = int(self.random.integers(1, len(self.points) // 9))
        serials = self.serials.max() + 1 + np.arange(count)
        kind = self.random.integers(3)
        if kind == 0:
            self.points = np.concatenate([self.points, self.new_points(count)])
            self.groups = np.concatenate([self.groups, self.new_groups(serials)])
            self.serials = np.concatenate([self.serials, serials])
        elif kind == 1:
            replaced = self.random.choice(len(self.points), count, replace=False)
            self.points[replaced] = self.new_points(count)
            self.groups = self.groups.copy()
            self.groups[replaced] = self.new_groups(serials)
            self.serials = self.serials.copy()
            self.serials[replaced] = serials
        else:
            self.points, self.groups = self.points[:-count], self.groups[:-count]
            self.serials = self.serials[:-count]


def assert_same(graph: NeighborGraph, expected: NeighborGraph) -> None:
    np.testing.assert_array_equal(graph.offsets, expected.offsets)
    order, wanted = (np.lexsort((each.targets, each.sources)) for each in (graph, expected))
    np.testing.assert_array_equal(graph.targets[order], expected.targets[wanted])
    np.testing.assert_array_equal(graph.weights[order], expected.weights[wanted])


@pytest.mark.parametrize("seed", range(12))
def test_lists_of_a_changing_pool_equal_a_search_of_it(seed: int) -> None:
    pool = ChangingPool.of(seed, count=80 + 7 * seed)
    k = 1 + seed % 4
    lists = NeighborLists(k, reach=6)
    for _ in range(10):
        lists.refresh(pool.points, pool.groups, pool.serials)
        for wanted in {k, lists.reach}:
            expected = graph_of(self_knn(pool.points, wanted, groups=pool.groups))
            assert_same(lists.graph(wanted), expected)
        pool.change()


def test_a_small_change_searches_few_lists_anew() -> None:
    random = np.random.default_rng(0)
    points = random.standard_normal((2000, 8)).astype(np.float32)
    serials = np.arange(2000)
    lists = NeighborLists(1, reach=10)
    lists.refresh(points, serials, serials)
    before = lists.searched
    for step in range(10):
        changed = random.choice(2000, 20, replace=False)
        points[changed] = random.standard_normal((20, 8))
        serials = serials.copy()
        serials[changed] = 2000 + 20 * step + np.arange(20)
        lists.refresh(points, serials, serials)
    # The 200 new points have to be searched; hardly any other list.
    assert lists.searched - before < 300
    assert_same(lists.graph(1), graph_of(self_knn(points, 1)))


def test_nothing_is_searched_when_nothing_has_changed() -> None:
    points = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)
    lists = NeighborLists(2, reach=5)
    lists.refresh(points, np.arange(50), np.arange(50))
    before = lists.searched
    lists.refresh(points, np.arange(50), np.arange(50))
    assert lists.searched == before


def test_a_point_without_enough_candidates_is_an_error() -> None:
    points = np.zeros((6, 2), dtype=np.float32)
    groups = np.array([0, 0, 0, 0, 1, 2])
    with pytest.raises(ValueError, match="expected k of at most 2"):
        NeighborLists(3, reach=3).refresh(points, groups, np.arange(6))


@pytest.mark.parametrize("allowed", [0, 1])
def test_a_refresh_that_is_stopped_in_the_middle_leaves_nothing_half_true(
    allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = np.random.default_rng(0).standard_normal((300, 4)).astype(np.float32)
    serials = np.arange(300)
    lists = NeighborLists(1, reach=6)
    lists.refresh(points, serials, serials)
    points, serials = np.concatenate([points, points[100:110] + 0.1]), np.arange(310)
    calls = 0

    def stopped(*arguments: Any, **options: Any) -> Neighbors:
        nonlocal calls
        calls += 1
        if calls > allowed:
            raise KeyboardInterrupt
        return knn(*arguments, **options)

    with monkeypatch.context() as context:
        context.setattr("twinscore.streaming.neighbor_lists.knn", stopped)
        with pytest.raises(KeyboardInterrupt):
            lists.refresh(points, serials, serials)
    lists.refresh(points, serials, serials)
    assert_same(lists.graph(1), graph_of(self_knn(points, 1)))
