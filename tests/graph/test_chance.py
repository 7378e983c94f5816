"""The null distribution, against enumeration, simulation and an independent implementation."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

import twinscore as ts
from twinscore.graph.chance import lower_p_value, null_moments, permuted_scores
from twinscore.graph.neighbor_graph import NeighborGraph, graph_of, mean_graph
from twinscore.graph.score import directed_score

if TYPE_CHECKING:
    from collections.abc import Callable


def gaussian_graph(points: int, k: int, seed: int = 0, d: int = 3) -> NeighborGraph:
    random = np.random.default_rng(seed)
    return graph_of(ts.self_knn(random.standard_normal((points, d)).astype(np.float32), k))


def tied_graph(points: int, k: int) -> NeighborGraph:
    grid = np.random.default_rng(3).integers(0, 2, size=(points, 2))
    return graph_of(ts.self_knn(grid.astype(np.float32), k))


def averaged_graph(points: int, k: int) -> NeighborGraph:
    return mean_graph([gaussian_graph(points, k, seed) for seed in range(4)])


def all_scores(graph: NeighborGraph, from_count: int) -> npt.NDArray[np.float64]:
    """Score every way to choose the queries."""
    scores = []
    for chosen in combinations(range(len(graph)), from_count):
        queries = np.zeros(len(graph), dtype=bool)
        queries[list(chosen)] = True
        scores.append(directed_score(graph, queries))
    return np.array(scores)


@pytest.mark.parametrize("make", [gaussian_graph, tied_graph, averaged_graph])
@pytest.mark.parametrize(
    ("points", "from_count", "k"), [(8, 3, 1), (9, 5, 2), (7, 2, 5), (4, 3, 1)]
)
def test_exact_moments_equal_those_of_all_labellings(
    make: Callable[[int, int], NeighborGraph], points: int, from_count: int, k: int
) -> None:
    graph = make(points, k)
    scores = all_scores(graph, from_count)
    moments = null_moments(graph, from_count)
    assert scores.mean() == pytest.approx(moments.mean, abs=1e-12)
    assert scores.var() == pytest.approx(moments.variance, abs=1e-12)


def test_two_points_leave_no_room_for_chance() -> None:
    moments = null_moments(gaussian_graph(2, 1), 1)
    assert moments.variance == 0.0
    assert np.isnan(moments.z(1.0))


@pytest.mark.parametrize(("n_real", "n_synthetic", "k"), [(500, 500, 1), (200, 800, 5)])
def test_relabelling_one_pool_reproduces_mean_and_variance(
    n_real: int, n_synthetic: int, k: int
) -> None:
    graph = gaussian_graph(n_real + n_synthetic, k, d=50)
    is_real = np.arange(len(graph)) < n_real
    random = np.random.default_rng(4)
    scores = np.array([directed_score(graph, random.permutation(~is_real)) for _ in range(2_000)])
    moments = null_moments(graph, n_synthetic)
    assert scores.mean() == pytest.approx(1.0, abs=4 * np.sqrt(moments.variance / 2_000))
    # The variance of 2,000 draws has a relative standard error of sqrt(2 / 2,000) = 3.2 %.
    assert scores.var() == pytest.approx(moments.variance, rel=4 * 0.032)


def test_p_values_are_uniform_when_nothing_tells_the_sides_apart() -> None:
    graph = gaussian_graph(600, 3, d=10)
    is_real = np.arange(600) < 250
    random = np.random.default_rng(5)
    null_scores = permuted_scores(graph, is_real, permutations=9_999)
    scores = [directed_score(graph, random.permutation(~is_real)) for _ in range(2_000)]
    p_values = np.array([lower_p_value(score, null_scores) for score in scores])
    for level in (0.01, 0.05, 0.1, 0.5):
        assert np.mean(p_values <= level) <= level + 4 * np.sqrt(level * (1 - level) / 2_000)
    # The score is discrete; spreading each p-value over its step must make them uniform.
    strictly = np.array([np.mean(null_scores < score * (1 - 1e-12)) for score in scores])
    spread = random.uniform(strictly, p_values)
    assert stats.kstest(spread, "uniform").pvalue > 1e-4


def test_z_of_random_labels_has_a_standard_normal_distribution() -> None:
    graph = gaussian_graph(2_000, 1, d=20)
    queries = np.arange(2_000) < 900
    random = np.random.default_rng(6)
    moments = null_moments(graph, 900)
    z = [moments.z(directed_score(graph, random.permutation(queries))) for _ in range(500)]
    assert stats.kstest(z, "norm").pvalue > 1e-4


def test_permutation_scores_follow_the_exact_moments() -> None:
    graph = gaussian_graph(400, 2)
    is_real = np.arange(400) < 100
    scores = permuted_scores(graph, is_real, permutations=9_999, seed=1)
    moments = null_moments(graph, 300)
    assert scores.mean() == pytest.approx(1.0, abs=4 * np.sqrt(moments.variance / 9_999))
    assert scores.var() == pytest.approx(moments.variance, rel=4 * np.sqrt(2 / 9_999))


def test_permutation_p_value_agrees_with_an_independent_implementation() -> None:
    random = np.random.default_rng(7)
    points = random.standard_normal((40, 2)).astype(np.float32)
    points[25:] += 0.7
    graph = graph_of(ts.self_knn(points, 2))
    is_real = np.arange(40) < 25

    def score_of(real_rows: npt.NDArray[np.int64], synthetic_rows: npt.NDArray[np.int64]) -> float:
        del real_rows
        queries = np.zeros(40, dtype=bool)
        queries[synthetic_rows.astype(int)] = True
        return directed_score(graph, queries)

    reference = stats.permutation_test(
        (np.arange(25), np.arange(25, 40)),
        score_of,
        alternative="less",
        n_resamples=4_999,
        rng=np.random.default_rng(8),
    )
    found = lower_p_value(
        directed_score(graph, ~is_real), permuted_scores(graph, is_real, permutations=19_999)
    )
    error = np.sqrt(found * (1 - found) / 4_999)
    assert found == pytest.approx(reference.pvalue, abs=4 * error)


def test_permutations_depend_on_the_seed_and_not_on_threads() -> None:
    graph = gaussian_graph(300, 1)
    is_real = np.arange(300) < 150
    runs = [
        permuted_scores(graph, is_real, permutations=500, seed=seed, threads=threads)
        for seed, threads in ((3, 1), (3, 2), (4, 2))
    ]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert (runs[1] != runs[2]).any()


def test_whole_groups_trade_places() -> None:
    groups = np.repeat(np.arange(6), [1, 2, 3, 4, 5, 6])
    points = np.random.default_rng(9).standard_normal((21, 2)).astype(np.float32)
    graph = graph_of(ts.self_knn(points, 1, groups))
    is_real = groups < 3
    possible = set()
    for chosen in combinations(range(6), 3):
        possible.add(round(directed_score(graph, np.isin(groups, chosen), groups), 9))
    found = permuted_scores(graph, is_real, groups, permutations=2_000)
    assert {round(score, 9) for score in found} == possible


def test_a_group_on_both_sides_is_refused() -> None:
    with pytest.raises(ValueError, match="each group on one side"):
        permuted_scores(gaussian_graph(4, 1), np.arange(4) < 2, np.array([0, 1, 1, 2]))


def test_a_score_below_all_permutations_has_the_smallest_p_value_there_is() -> None:
    assert lower_p_value(0.1, np.full(99, 1.0)) == 0.01
