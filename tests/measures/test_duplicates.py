"""Images that must show the same thing, found without groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

import twinscore as ts
from twinscore.measures.duplicates import (
    NearDuplicates,
    merged_groups,
    near_duplicates,
)

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix


def found(vectors: FloatMatrix, real: int | None = None) -> NearDuplicates:
    is_real = np.arange(len(vectors)) < (len(vectors) if real is None else real)
    neighbors = ts.self_knn(vectors, 10)
    return near_duplicates(vectors, neighbors, is_real, seed=0)


def copies(count: int, times: int, noise: float) -> FloatMatrix:
    random = np.random.default_rng(0)
    repeated = np.repeat(random.standard_normal((count, 16)), times, axis=0)
    return (repeated + noise * random.standard_normal(repeated.shape)).astype(np.float32)


@pytest.mark.parametrize("dimensions", [2, 10, 100])
@pytest.mark.parametrize("seed", range(5))
def test_independent_points_have_none(dimensions: int, seed: int) -> None:
    drawn = np.random.default_rng(seed).standard_normal((1_000, dimensions)).astype(np.float32)
    assert len(found(drawn).pairs) == 0


def test_heavy_tails_are_no_duplicates() -> None:
    drawn = np.random.default_rng(0).standard_t(3, (1_000, 8)).astype(np.float32)
    assert len(found(drawn).pairs) == 0


def test_points_of_a_folded_surface_are_seldom_duplicates() -> None:
    alarms = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        places = random.standard_normal((200, 4))
        waves = 1.5 * places @ random.standard_normal((4, 64)) + random.uniform(0.0, 6.0, 64)
        alarms += len(found(np.sin(waves).astype(np.float32)).pairs) > 0
    assert alarms <= 4


@pytest.mark.parametrize("moved", [0.01, 0.3])
def test_all_of_a_few_copies_are_found_also_those_that_moved_most(moved: float) -> None:
    for seed in range(10):
        random = np.random.default_rng(seed)
        drawn = random.standard_normal((400, 16))
        step = random.standard_normal((5, 16))
        length = moved * random.uniform(0.7, 1.3, (5, 1))
        drawn[200:205] = drawn[:5] + length * step / np.linalg.norm(step, axis=1, keepdims=True)
        pairs = found(drawn.astype(np.float32), real=200).pairs
        np.testing.assert_array_equal(pairs, [[row, 200 + row] for row in range(5)])


def test_many_copies_that_moved_far_are_no_sign_of_a_folded_surface() -> None:
    for seed in range(10):
        random = np.random.default_rng(seed)
        drawn = random.standard_normal((300, 16))
        drawn[150:200] = drawn[:50] + 0.35 * random.standard_normal((50, 16))
        pairs = found(drawn.astype(np.float32), real=150).pairs
        assert np.count_nonzero(pairs[:, 1] - pairs[:, 0] == 150) >= 40


@pytest.mark.parametrize("times", [2, 5, 9, 30])
@pytest.mark.parametrize("noise", [0.001, 0.05])
def test_near_copies_are_linked_to_one_cluster_each(times: int, noise: float) -> None:
    duplicates = found(copies(100, times, noise))
    clusters = np.repeat(np.arange(100) * times, times)
    np.testing.assert_array_equal(duplicates.clusters, clusters)


def test_exact_copies_are_found_where_all_images_have_some() -> None:
    duplicates = found(copies(100, 3, 0.0))
    assert duplicates.threshold == 0.0
    assert len(duplicates.pairs) == 300


def test_a_single_pair_is_found_among_many() -> None:
    drawn = np.random.default_rng(0).standard_normal((1_000, 16)).astype(np.float32)
    drawn[700] = drawn[300] + 1e-3
    np.testing.assert_array_equal(found(drawn).pairs, [[300, 700]])


def test_points_of_places_with_dimensions_of_their_own_are_no_duplicates() -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        places = []
        for _ in range(8):
            dimensions = int(random.integers(2, 30))
            axes = random.standard_normal((dimensions, 64)) * np.exp(random.normal(0.0, 0.7))
            drawn = random.standard_normal((75, dimensions)) @ axes / np.sqrt(dimensions)
            places.append(drawn + 3.0 * random.standard_normal(64))
        assert len(found(np.concatenate(places).astype(np.float32)).pairs) == 0


def test_a_few_stragglers_far_away_make_no_duplicates_of_the_others() -> None:
    drawn = np.random.default_rng(0).standard_normal((700, 4)).astype(np.float32)
    drawn[650:, 2] += 1_000.0 * (1 + np.arange(50))
    assert (found(drawn).pairs >= 650).all()


def test_equal_images_are_found_among_others_that_are_nearly_equal() -> None:
    drawn = copies(100, 2, 0.05)
    exact = np.concatenate([drawn, np.random.default_rng(1).standard_normal((100, 16))])
    exact[200:220] = exact[220:240]
    pairs = {tuple(pair) for pair in found(exact.astype(np.float32)).pairs.tolist()}
    assert {(200 + row, 220 + row) for row in range(20)} <= pairs


def test_images_of_different_sides_are_paired_but_never_one_cluster() -> None:
    drawn = np.random.default_rng(0).standard_normal((1_000, 16)).astype(np.float32)
    drawn[700] = drawn[300]
    duplicates = found(drawn, real=500)
    np.testing.assert_array_equal(duplicates.pairs, [[300, 700]])
    np.testing.assert_array_equal(duplicates.clusters, np.arange(1_000))


def test_clusters_and_groups_that_touch_become_one_group() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        clusters = np.minimum.accumulate(np.arange(30)[::-1])[::-1].copy()
        for row in random.integers(1, 30, 8):
            clusters[row] = clusters[random.integers(row)]
        groups = random.integers(0, 20, 30)
        groups = np.unique(groups, return_inverse=True)[1]
        merged = merged_groups(
            NearDuplicates(1.0, np.empty((0, 2), np.int64), clusters, clusters), groups
        )
        first_of_group = np.unique(groups, return_index=True)[1][groups]
        links = np.concatenate([clusters, first_of_group])
        rows = np.tile(np.arange(30), 2)
        graph = coo_matrix((np.ones(60), (rows, links)), shape=(30, 30))
        expected = connected_components(graph, directed=False)[1]
        assert (
            len(set(zip(merged, expected, strict=True))) == len(set(merged)) == len(set(expected))
        )
