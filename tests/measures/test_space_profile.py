"""The score along the longest axes of the pool."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist

import twinscore as ts
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.space_profile import principal_coordinates, space_profile


def pool(scales: np.ndarray, shifted: int) -> Pool:
    vectors = np.random.default_rng(0).standard_normal((400, len(scales))) * scales
    vectors[200:, shifted] += 4.0 * scales[shifted]
    return Pool(vectors.astype(np.float32), np.arange(400) < 200, None)


def test_the_sides_are_told_apart_from_the_axis_on_that_they_differ_in() -> None:
    scales = 2.0 ** -np.arange(9.0)
    profile = dict(space_profile(pool(scales, shifted=5), 1, seed=0))
    assert list(profile) == [2, 4, 8, 9]
    assert profile[2] > 0.7
    assert profile[4] > 0.7
    assert profile[9] < profile[4]


def test_the_full_width_gives_the_score() -> None:
    whole = pool(np.ones(6), shifted=0)
    score = directed_score(graph_of(ts.self_knn(whole.vectors)), ~whole.is_real)
    assert space_profile(whole, 1, seed=0)[-1] == (6, score)


@pytest.mark.parametrize("exponent", [-100, 30, 64, 100])
@pytest.mark.parametrize("points", [30, 200])
def test_the_profile_depends_on_no_scale_of_the_vectors(exponent: int, points: int) -> None:
    vectors = np.random.default_rng(0).standard_normal((points, 50)).astype(np.float32)
    is_real = np.arange(points) < points // 2
    scaled = Pool(np.ldexp(vectors, exponent), is_real, None)
    assert space_profile(scaled, 1, seed=0) == space_profile(
        Pool(vectors, is_real, None), 1, seed=0
    )


def test_widths_beyond_the_number_of_points_say_what_all_axes_say() -> None:
    vectors = np.random.default_rng(1).standard_normal((40, 100)).astype(np.float32)
    small = Pool(vectors, np.arange(40) < 20, None)
    profile = dict(space_profile(small, 1, seed=0))
    assert list(profile) == [2, 4, 8, 16, 32, 64, 100]
    score = directed_score(graph_of(ts.self_knn(vectors)), ~small.is_real)
    assert profile[64] == profile[100] == score


@pytest.mark.parametrize("points", [5, 7, 50])
def test_principal_coordinates_keep_distances_and_fall_in_variance(points: int) -> None:
    vectors = np.random.default_rng(0).standard_normal((points, 7)).astype(np.float32) * 10 + 1e3
    turned = principal_coordinates(vectors)
    assert turned.shape == (points, min(points, 7))
    np.testing.assert_allclose(pdist(turned), pdist(vectors), rtol=1e-4)
    assert np.all(np.diff(turned.var(axis=0)) <= 1e-3)
    assert turned.mean(axis=0) == pytest.approx(np.zeros(min(points, 7)), abs=1e-3)
