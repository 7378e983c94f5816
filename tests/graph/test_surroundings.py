"""Averages around each point."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.surroundings import neighborhood_size, surroundings_of


def test_an_average_is_that_of_the_point_its_neighbors_and_theirs() -> None:
    points = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)
    neighbors = ts.self_knn(points, 4)
    step = np.eye(50)
    np.put_along_axis(step, neighbors.ids, 1.0, axis=1)
    step /= 5.0
    values = np.random.default_rng(1).standard_normal(50)
    surroundings = surroundings_of(graph_of(neighbors))
    np.testing.assert_allclose(surroundings.mean(values), step @ step @ values, rtol=1e-12)


def test_noise_is_the_mean_sum_of_squared_weights() -> None:
    points = np.random.default_rng(0).standard_normal((2_000, 3)).astype(np.float32)
    neighbors = ts.self_knn(points, 4)
    step = np.eye(2_000)
    np.put_along_axis(step, neighbors.ids, 1.0, axis=1)
    step /= 5.0
    exact = np.square(step @ step).sum(axis=1).mean()
    assert surroundings_of(graph_of(neighbors)).noise == pytest.approx(exact, rel=0.05)


def test_the_variance_around_each_point_of_independent_values_is_theirs() -> None:
    points = np.random.default_rng(0).standard_normal((5_000, 3)).astype(np.float32)
    surroundings = surroundings_of(graph_of(ts.self_knn(points, 5)))
    values = np.random.default_rng(1).standard_normal(5_000)
    mean = surroundings.mean(values)
    variances = surroundings.covariance(values, values, (mean, mean))
    assert variances.mean() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("smallest", "size"), [(2, 2), (20, 5), (50, 10), (10_000, 10)])
def test_neighborhoods_stay_a_small_part_of_the_smaller_side(smallest: int, size: int) -> None:
    assert neighborhood_size(smallest) == size
