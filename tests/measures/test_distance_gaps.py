"""Gaps that are too large for chance."""

from __future__ import annotations

import math

import numpy as np
import pytest

import twinscore as ts
from twinscore.measures.distance_gaps import gaps_of, local_dimensions


@pytest.mark.parametrize("dimensions", [2, 3, 5])  # more, and most points lie at an edge
def test_the_dimension_of_even_points_is_found(dimensions: int) -> None:
    drawn = np.random.default_rng(0).uniform(size=(20_000, dimensions)).astype(np.float32)
    neighbors = ts.self_knn(drawn, 10)
    found = local_dimensions(np.sqrt(neighbors.distances), neighbors.ids)
    assert np.median(found) == pytest.approx(dimensions, rel=0.1)


def test_each_place_has_a_dimension_of_its_own() -> None:
    random = np.random.default_rng(0)
    drawn = np.zeros((4_000, 12))
    drawn[:2_000, :2] = random.uniform(size=(2_000, 2))
    drawn[2_000:] = 9.0 + random.uniform(size=(2_000, 12))
    neighbors = ts.self_knn(drawn.astype(np.float32), 10)
    found = local_dimensions(np.sqrt(neighbors.distances), neighbors.ids)
    assert np.median(found[:2_000]) == pytest.approx(2.0, rel=0.15)
    assert np.median(found[2_000:]) > 7.0


def test_gaps_of_independent_points_are_as_rare_as_they_say() -> None:
    drawn = np.random.default_rng(0).uniform(size=(20_000, 3)).astype(np.float32)
    neighbors = ts.self_knn(drawn, 10)
    surprise = gaps_of(neighbors.distances, neighbors.ids).surprise
    for least in (1.0, 3.0, 5.0):
        assert np.mean(surprise > least) == pytest.approx(math.exp(-least), rel=0.1)


def test_the_dimension_is_that_of_the_nearest_neighbors() -> None:
    ring = np.random.default_rng(0).uniform(0.0, 2.0 * np.pi, 200)[:, None] * np.arange(1, 25)
    folded = np.concatenate([np.cos(ring), np.sin(ring)], axis=1)
    neighbors = ts.self_knn(folded.astype(np.float32), 10)
    found = local_dimensions(np.sqrt(neighbors.distances), neighbors.ids)
    assert np.median(found) == pytest.approx(1.0, rel=0.25)


def test_rows_without_a_distance_above_0_have_no_gap() -> None:
    neighbors = ts.self_knn(np.ones((30, 4), dtype=np.float32), 10)
    gaps = gaps_of(neighbors.distances, neighbors.ids)
    assert len(gaps.ends()) == 0
    assert gaps.follow(np.full(30, 10)).all()


def test_clusters_of_copies_as_large_as_the_nearest_gaps_have_no_dimension() -> None:
    places = np.random.default_rng(0).standard_normal((10, 8)).astype(np.float32)
    neighbors = ts.self_knn(np.repeat(places, 8, axis=0), 10)
    assert np.isfinite(np.log(neighbors.distances[:, -1])).any()
    assert np.isinf(local_dimensions(np.sqrt(neighbors.distances), neighbors.ids)).all()
    assert len(gaps_of(neighbors.distances, neighbors.ids).ends()) == 0


def test_many_gaps_prove_what_one_of_them_does_not() -> None:
    random = np.random.default_rng(0)
    drawn = random.standard_normal((400, 12))
    few, many = drawn.copy(), drawn.copy()
    for points, pairs in ((few, 1), (many, 12)):
        points[:pairs] = points[200 : 200 + pairs] + 0.2 * random.standard_normal((pairs, 12))
    ends = []
    for points in (few, many):
        neighbors = ts.self_knn(points.astype(np.float32), 10)
        ends.append(len(gaps_of(neighbors.distances, neighbors.ids).ends()))
    assert ends[0] <= 2
    assert ends[1] >= 16
