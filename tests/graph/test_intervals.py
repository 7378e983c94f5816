"""How sure a score is, against simulation with known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import twinscore as ts
from known_truth import Mixture
from twinscore.graph.chance import null_moments
from twinscore.graph.intervals import (
    effective_size,
    mean_share_variance,
    score_interval,
    student_quantile,
    wilson_interval,
)
from twinscore.graph.neighbor_graph import NeighborGraph, graph_of
from twinscore.graph.score import directed_score
from twinscore.graph.surroundings import Surroundings, neighborhood_size, surroundings_of
from twinscore.measures.unit_graphs import graphs_of

Pair = tuple[NeighborGraph, Surroundings]


def searched(mixture: Mixture, random: np.random.Generator, k: int = 1) -> Pair:
    nearby = neighborhood_size(min(mixture.n_real, mixture.n_synthetic))
    neighbors = ts.self_knn(mixture.draw(random), max(k, nearby), threads=1)
    return graph_of(neighbors, k), surroundings_of(graph_of(neighbors, nearby))


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("n_real", [300, 1_500, 2_700])
def test_without_a_difference_the_variance_is_the_exact_one_of_chance(n_real: int, k: int) -> None:
    mixture = Mixture(n_real, 3_000 - n_real, overlap=1.0)
    graph, surroundings = searched(mixture, np.random.default_rng(0), k)
    is_real = mixture.is_real
    marks = ~is_real / mixture.n_synthetic
    variance = mean_share_variance(graph, surroundings, marks, is_real, is_real.astype(np.int64))
    expected = mixture.n_real / 2_999
    exact = null_moments(graph, mixture.n_synthetic).variance * expected**2
    assert math.sqrt(variance) == pytest.approx(math.sqrt(exact), rel=0.15)


@pytest.mark.parametrize("queries_of", ["synthetic", "real"])
@pytest.mark.parametrize("overlap", [0.2, 0.7])
def test_the_variance_is_that_over_pools_drawn_anew(overlap: float, queries_of: str) -> None:
    mixture = Mixture(300, 600, overlap, dimensions=5)
    random = np.random.default_rng(0)
    from_points = mixture.is_real if queries_of == "real" else ~mixture.is_real
    scores, variances = [], []
    for _ in range(150):
        graph, surroundings = searched(mixture, random)
        scores.append(directed_score(graph, from_points))
        variances.append(score_interval(graph, surroundings, from_points).variance)
    # 150 draws know a standard deviation to 6 %.
    assert math.sqrt(np.mean(variances)) == pytest.approx(np.std(scores), rel=0.2)


def test_the_variance_of_a_slice_is_that_over_pools_drawn_anew() -> None:
    random = np.random.default_rng(0)
    is_real = np.arange(900) < 300
    queries = np.arange(900) >= 750
    scores, variances = [], []
    for _ in range(150):
        points = random.standard_normal((900, 5))
        points[750:, 0] += 1.5
        points[400:750, 0] -= 1.0
        neighbors = ts.self_knn(points.astype(np.float32), 10, threads=1)
        graph, surroundings = graph_of(neighbors, 1), surroundings_of(graph_of(neighbors))
        hits = is_real[graph.targets][queries].mean()
        scores.append(hits / (300 / 899))
        variances.append(score_interval(graph, surroundings, ~is_real, queries).variance)
    assert math.sqrt(np.mean(variances)) == pytest.approx(np.std(scores), rel=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("overlap", [0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize(("n_real", "n_synthetic"), [(100, 100), (20, 180), (180, 20)])
def test_intervals_of_small_pools_hold_the_truth_as_often_as_they_say(
    n_real: int, n_synthetic: int, overlap: float
) -> None:
    mixture = Mixture(n_real, n_synthetic, overlap)
    random = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        graphs = graphs_of(ts.self_knn(mixture.draw(random), 10, threads=1), mixture.is_real, 1)
        interval = score_interval(
            graphs.graph, graphs.surroundings, ~mixture.is_real, left_out=graphs.left_out
        )
        held += interval.low <= mixture.score <= interval.high
    # 92 % to 98 %, and three standard errors of 400 draws.
    assert 0.92 - 0.033 <= held / 400 <= 0.98 + 0.021


def test_a_score_of_zero_is_not_certain() -> None:
    mixture = Mixture(50, 50, overlap=0.0)
    interval = score_interval(*searched(mixture, np.random.default_rng(0)), ~mixture.is_real)
    assert interval.low == 0.0
    assert 0.05 < interval.high < 0.2
    assert interval.effective_size == 50.0


def test_wilson_inverts_the_score_test_of_a_share() -> None:
    low, high = wilson_interval(0.3, 80.0)
    expected = stats.binomtest(24, 80).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), rel=1e-9)


@pytest.mark.parametrize("freedom", [5, 10, 19, 100, 10_000])
def test_student_quantiles_agree_with_scipy(freedom: int) -> None:
    assert student_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=2e-3)


def test_a_variance_below_that_of_independent_queries_is_believed_the_more_the_larger() -> None:
    few, many = (effective_size(0.5, 0.5 * 0.25 / 100, 100, size) for size in (10, 10_000))
    assert 100.0 < few < many <= 200.0
