"""The score on cases whose answer is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import twinscore as ts
from twinscore.graph.neighbor_graph import NeighborGraph, graph_of, mean_graph
from twinscore.graph.score import (
    directed_score,
    expected_shares,
    other_side_shares,
    overlap,
    score_at,
)


def graph_with(n_real: int, n_synthetic: int, real_neighbors: int) -> NeighborGraph:
    """Real points first; that many synthetic points have a real neighbor, the others do not."""
    targets = np.arange(1, n_real + n_synthetic + 1)
    targets[-1] = n_real
    targets[n_real : n_real + real_neighbors] = 0
    count = n_real + n_synthetic
    return NeighborGraph(np.arange(count + 1), targets, np.ones(count), k=1)


@pytest.mark.parametrize(
    ("n_real", "n_synthetic", "real_neighbors", "published"),
    [(100, 100, 0, 0.0), (100, 100, 40, 0.8), (30, 70, 21, 1.0)],
)
def test_worked_examples_of_the_method_hold_to_the_factor_for_excluding_oneself(
    n_real: int, n_synthetic: int, real_neighbors: int, published: float
) -> None:
    points = n_real + n_synthetic
    is_real = np.arange(points) < n_real
    found = directed_score(graph_with(n_real, n_synthetic, real_neighbors), ~is_real)
    assert found == pytest.approx(published * (points - 1) / points, abs=1e-12)


def test_points_tied_at_the_last_place_share_it_in_equal_parts() -> None:
    line = np.array([[0.0], [1.0], [-1.0], [2.5], [-9.0]], dtype=np.float32)
    graph = graph_of(ts.self_knn(line, k=1))
    is_real = np.array([False, True, False, False, True])
    shares = other_side_shares(graph, is_real)
    assert shares[0] == 0.5
    assert graph.weights[graph.sources == 0].tolist() == [0.5, 0.5]


def test_points_nearer_than_the_tie_count_whole() -> None:
    line = np.array([[0.0], [0.5], [1.0], [-1.0], [9.0]], dtype=np.float32)
    graph = graph_of(ts.self_knn(line, k=2))
    arcs = dict(
        zip(graph.targets[graph.sources == 0], graph.weights[graph.sources == 0], strict=True)
    )
    assert arcs == {1: 1.0, 2: 0.5, 3: 0.5}


def test_every_point_hands_out_k_whatever_the_ties() -> None:
    random = np.random.default_rng(0)
    grid = random.integers(0, 4, size=(300, 2)).astype(np.float32)
    graph = graph_of(ts.self_knn(grid, k=3))
    handed_out = np.bincount(graph.sources, graph.weights)
    np.testing.assert_allclose(handed_out, 3.0, rtol=1e-12)


def test_the_score_of_tied_points_does_not_depend_on_the_order_of_rows() -> None:
    random = np.random.default_rng(1)
    grid = random.integers(0, 3, size=(200, 3)).astype(np.float32)
    is_real = random.random(200) < 0.4
    scores = set()
    for _ in range(5):
        order = random.permutation(200)
        graph = graph_of(ts.self_knn(grid[order], k=2))
        scores.add(round(directed_score(graph, ~is_real[order]), 12))
    assert len(scores) == 1


def test_expected_shares_count_the_candidates_outside_the_own_group() -> None:
    is_real = np.array([True, True, True, False, False, False])
    groups = np.array([0, 0, 1, 2, 2, 3])
    expected = expected_shares(is_real, groups)
    np.testing.assert_allclose(expected, [1 / 4, 1 / 4, 2 / 5, 3 / 4, 3 / 4, 3 / 5])


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_overlap_undoes_the_influence_of_the_ratio(p: float, share: float) -> None:
    assert overlap(share / (p + (1 - p) * share), p) == pytest.approx(share)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("score", [0.0, 0.3, 1.0, 1.05])
def test_the_score_at_a_ratio_undoes_the_overlap(p: float, score: float) -> None:
    assert score_at(overlap(score, p), p) == pytest.approx(score, abs=1e-12)


def test_the_score_at_a_ratio_of_an_overlap_without_bound_is_the_highest_there() -> None:
    assert score_at(float("inf"), 0.5) == 2.0
    assert score_at(overlap(2.5, 0.6), 0.6) == pytest.approx(2.5)


def test_overlap_grows_without_bound_and_never_changes_sign() -> None:
    assert overlap(1.9, 0.5) > 1.0
    assert overlap(2.0, 0.5) == np.inf
    assert overlap(2.1, 0.5) == np.inf


@pytest.mark.parametrize("p", [0.5, 0.7, 0.9])
@pytest.mark.parametrize("score", [0.05, 0.5, 0.95])
def test_a_little_variance_takes_half_its_curvature_off_the_overlap(p: float, score: float) -> None:
    step, variance = 1e-4, 1e-7
    ends = overlap(score - step, p) + overlap(score + step, p)
    curvature = (ends - 2.0 * overlap(score, p)) / step**2
    taken_off = overlap(score, p) - overlap(score, p, variance)
    assert taken_off == pytest.approx(0.5 * curvature * variance, rel=1e-3)


@given(
    score=st.floats(0.0, 3.0),
    real_fraction=st.floats(0.01, 0.99),
    variance=st.floats(0.0, 10.0),
    factor=st.floats(0.0, 1.0),
)
def test_the_more_variance_the_lower_the_overlap_but_never_below_zero(
    score: float, real_fraction: float, variance: float, factor: float
) -> None:
    plain, less = overlap(score, real_fraction), overlap(score, real_fraction, factor * variance)
    assert 0.0 <= overlap(score, real_fraction, variance) <= less <= plain
    assert overlap(score, real_fraction, 0.0) == plain
    assert real_fraction >= 0.5 or less == plain
    assert overlap(score, real_fraction, 1e-30) == pytest.approx(plain)


@pytest.mark.parametrize("neighbors", [20, 100])
@pytest.mark.parametrize("share", [0.1, 0.25])
def test_at_equal_sides_the_mean_over_independent_neighbors_is_the_truth(
    neighbors: int, share: float
) -> None:
    found = np.arange(neighbors)  # Where all are real there is no bound: 1e-12 of the draws.
    shares = found / neighbors
    chances = scipy.stats.binom.pmf(found, neighbors, share)
    of_score = 4.0 * shares * (1.0 - shares) / neighbors
    with_chance = [overlap(2.0 * x, 0.5, v) for x, v in zip(shares, of_score, strict=True)]
    plain = [overlap(2.0 * x, 0.5) for x in shares]
    truth = share / (1.0 - share)
    assert np.dot(chances, with_chance) == pytest.approx(truth, rel=0.002)
    assert np.dot(chances, plain) > truth * (1.0 + 1.0 / neighbors)


def test_averaging_a_graph_with_itself_changes_nothing() -> None:
    points = np.random.default_rng(2).standard_normal((50, 3)).astype(np.float32)
    graph = graph_of(ts.self_knn(points, k=4))
    mean = mean_graph([graph, graph, graph])
    np.testing.assert_array_equal(mean.offsets, graph.offsets)
    for point in range(50):
        row = slice(graph.offsets[point], graph.offsets[point + 1])
        assert set(mean.targets[row]) == set(graph.targets[row])
    np.testing.assert_allclose(mean.weights, 1.0)
