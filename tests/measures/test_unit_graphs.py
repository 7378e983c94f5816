"""Correlated images count as the single sight they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.unit_graphs import (
    FEWEST_DRAWS,
    MOST_DRAWS,
    draw_count,
    graphs_of,
    grouped_graphs,
    scores_left_out,
)
from twinscore.neighbors.settings import SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.neighbor_graph import NeighborGraph


def group_graph(
    points: FloatMatrix,
    groups: IdArray,
    k: int = 1,
    *,
    seed: int = 0,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> NeighborGraph:
    pool = Pool(points, groups <= groups.max() // 2, groups)
    return grouped_graphs(
        pool, k, seed=seed, search=SearchSettings(threads=threads), progress=progress
    ).graph


def test_groups_of_one_give_the_graph_of_the_points() -> None:
    points = np.random.default_rng(0).standard_normal((60, 5)).astype(np.float32)
    drawn = group_graph(points, np.arange(60), 2, seed=0)
    whole = graph_of(ts.self_knn(points, 2))
    np.testing.assert_array_equal(drawn.offsets, whole.offsets)
    for point in range(60):
        row = slice(whole.offsets[point], whole.offsets[point + 1])
        assert set(drawn.targets[row]) == set(whole.targets[row])


def test_every_group_is_a_point_that_hands_out_k() -> None:
    points = np.random.default_rng(0).standard_normal((60, 5)).astype(np.float32)
    groups = np.random.default_rng(1).permutation(np.arange(60) % 12)
    graph = group_graph(points, groups, 3, seed=0)
    assert len(graph) == 12
    np.testing.assert_allclose(np.bincount(graph.sources, graph.weights), 3.0, rtol=1e-12)


def test_identical_copies_in_a_group_change_nothing() -> None:
    points = np.random.default_rng(0).standard_normal((30, 5)).astype(np.float32)
    whole = graph_of(ts.self_knn(points))
    copied = group_graph(np.repeat(points, 4, axis=0), np.repeat(np.arange(30), 4), 1, seed=0)
    np.testing.assert_array_equal(copied.targets, whole.targets)
    np.testing.assert_allclose(copied.weights, 1.0, rtol=1e-12)


def test_every_member_of_a_group_has_the_same_chance() -> None:
    # Group 0 lies half beside group 1 and half beside group 2.
    line = np.array([[1.0], [9.0], [0.0], [10.0], [99.0]], dtype=np.float32)
    graph = group_graph(line, np.array([0, 0, 1, 2, 3]), 1, seed=0)
    weights = dict(
        zip(graph.targets[graph.sources == 0], graph.weights[graph.sources == 0], strict=True)
    )
    # 16 draws of a fair coin: three standard deviations are 0.375.
    assert weights[1] == pytest.approx(0.5, abs=0.375)
    assert weights[1] + weights[2] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("points", "groups", "draws"),
    [(500, 500, 1), (501, 500, FEWEST_DRAWS), (1_000, 250, 64), (10_000, 10, MOST_DRAWS)],
)
def test_larger_groups_are_drawn_more_often(points: int, groups: int, draws: int) -> None:
    assert draw_count(points, groups) == draws


def test_the_seed_decides_the_draws_and_threads_do_not() -> None:
    points = np.random.default_rng(0).standard_normal((90, 5)).astype(np.float32)
    groups = np.arange(90) // 3
    first, again = (group_graph(points, groups, 1, seed=7, threads=t) for t in (1, 3))
    other = group_graph(points, groups, 1, seed=8)
    np.testing.assert_array_equal(first.weights, again.weights)
    np.testing.assert_array_equal(first.targets, again.targets)
    assert not np.array_equal(first.weights, other.weights)


def test_progress_counts_the_draws() -> None:
    calls: list[tuple[int, int]] = []
    points = np.random.default_rng(0).standard_normal((20, 5)).astype(np.float32)
    group_graph(points, np.arange(20) // 2, 1, seed=0, progress=lambda *call: calls.append(call))
    draws = draw_count(20, 10)
    assert calls == [(draw + 1, draws) for draw in range(draws)]


def test_the_profile_of_draws_is_that_of_the_score_at_each_number_of_neighbors() -> None:
    points = np.random.default_rng(0).standard_normal((90, 5)).astype(np.float32)
    groups = np.arange(90) // 3
    pool = Pool(points, groups < 12, groups)
    profile = grouped_graphs(pool, 2, seed=0).profile
    assert sorted(profile) == [1, 2, 5, 10]
    for k, (score, reverse) in profile.items():
        graph = grouped_graphs(pool, k, seed=0).graph
        assert score == pytest.approx(directed_score(graph, ~pool.unit_is_real))
        assert reverse == pytest.approx(directed_score(graph, pool.unit_is_real))


@pytest.mark.parametrize("k", [1, 3])
def test_a_score_without_a_point_is_that_of_the_pool_without_it(k: int) -> None:
    points = np.random.default_rng(0).standard_normal((40, 5)).astype(np.float32)
    is_real = np.arange(40) < 17
    left_out = scores_left_out(ts.self_knn(points, k + 1), is_real, k)
    for point in range(40):
        kept = np.arange(40) != point
        graph = graph_of(ts.self_knn(points[kept], k))
        assert left_out[point] == pytest.approx(directed_score(graph, ~is_real[kept]))


def test_a_pool_without_groups_is_read_from_one_search() -> None:
    points = np.random.default_rng(0).standard_normal((200, 5)).astype(np.float32)
    graphs = graphs_of(ts.self_knn(points, 10), np.arange(200) < 100, 1)
    np.testing.assert_array_equal(graphs.graph.targets, ts.self_knn(points, 1).ids[:, 0])
    assert graphs.surroundings.graph.k == 10
