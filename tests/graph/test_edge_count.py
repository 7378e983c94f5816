"""Score and reverse score together, against enumeration."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.chance import permuted_score_pairs
from twinscore.graph.edge_count import pair_moments
from twinscore.graph.neighbor_graph import NeighborGraph, graph_of, mean_graph
from twinscore.graph.score import directed_score


def graph(points: int, k: int, seed: int = 0, d: int = 3) -> NeighborGraph:
    random = np.random.default_rng(seed)
    return graph_of(ts.self_knn(random.standard_normal((points, d)).astype(np.float32), k))


@pytest.mark.parametrize("averaged", [False, True])
@pytest.mark.parametrize(("points", "synthetic", "k"), [(8, 3, 1), (9, 5, 2), (7, 2, 5)])
def test_exact_moments_of_the_pair_equal_those_of_all_labellings(
    points: int, synthetic: int, k: int, averaged: bool
) -> None:
    looked_at = graph(points, k)
    if averaged:
        looked_at = mean_graph([graph(points, k, seed) for seed in range(3)])
    pairs = []
    for chosen in combinations(range(points), synthetic):
        queries = np.isin(np.arange(points), chosen)
        pairs.append((directed_score(looked_at, queries), directed_score(looked_at, ~queries)))
    moments = pair_moments(looked_at, synthetic)

    covariance = np.cov(np.array(pairs).T, bias=True)

    assert moments.score == pytest.approx(covariance[0, 0], abs=1e-12)
    assert moments.reverse == pytest.approx(covariance[1, 1], abs=1e-12)
    assert moments.covariance == pytest.approx(covariance[0, 1], abs=1e-12)


def test_distances_are_those_of_mahalanobis_and_average_two() -> None:
    looked_at = graph(60, 2)
    is_real = np.arange(60) < 25
    moments = pair_moments(looked_at, 35)
    pairs = permuted_score_pairs(looked_at, is_real, permutations=4_000, seed=1)
    inverse = np.linalg.inv(
        [[moments.score, moments.covariance], [moments.covariance, moments.reverse]]
    )

    distances = moments.distances(pairs)

    expected = np.einsum("ni,ij,nj->n", pairs - 1.0, inverse, pairs - 1.0)
    np.testing.assert_allclose(distances, expected, rtol=1e-6)
    assert distances.mean() == pytest.approx(2.0, abs=4 * distances.std() / np.sqrt(4_000))


def test_a_direction_without_chance_counts_for_nothing() -> None:
    pairs_of_points = np.arange(6) ^ 1
    looked_at = NeighborGraph(np.arange(7), pairs_of_points, np.ones(6), 1)
    moments = pair_moments(looked_at, 3)

    assert moments.difference == 0.0
    assert np.isfinite(moments.distances(np.array([[1.5, 1.5]]))).all()


def test_graphs_over_the_same_points_see_the_same_relabellings() -> None:
    narrow, wide = graph(40, 1), graph(40, 3)
    is_real = np.arange(40) < 20
    first = permuted_score_pairs(narrow, is_real, permutations=300, seed=2)
    second = permuted_score_pairs(wide, is_real, permutations=300, seed=2)

    assert np.corrcoef(first[:, 0], second[:, 0])[0, 1] > 0.4
