"""The nearest neighbor that is kept, averaged over all ways to keep points at random."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from twinscore.graph.thinning import first_kept, ordered_neighbors
from twinscore.neighbors import self_knn

Matrix = npt.NDArray[np.float64]


def by_enumeration(points: Matrix, keep: Matrix, width: int) -> Matrix:
    """Go through all ways to keep points; ties share, neighbors beyond the list are not there."""
    n = len(points)
    distances = np.square(points[:, None] - points[None]).sum(axis=2)
    chances = np.zeros((n, n))
    for query in range(n):
        others = [other for other in range(n) if other != query]
        reach = np.sort(distances[query, others])[width - 1]
        listed = [other for other in others if distances[query, other] <= reach]
        for kept in itertools.product([False, True], repeat=len(listed)):
            chance = np.prod(
                [keep[u] if there else 1.0 - keep[u] for u, there in zip(listed, kept, strict=True)]
            )
            left = list(itertools.compress(listed, kept))
            if left:
                nearest = min(distances[query, u] for u in left)
                tied = [u for u in left if distances[query, u] == nearest]
                chances[query, tied] += chance / len(tied)
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def dense(points: Matrix, keep: Matrix, width: int) -> Matrix:
    graph = ordered_neighbors(self_knn(points.astype(np.float32), width)).graph(keep)
    found = np.zeros((len(points), len(points)))
    np.add.at(found, (graph.sources, graph.targets), graph.weights)
    return found


@pytest.mark.parametrize("width", [1, 3, 8])
@pytest.mark.parametrize("values", [2, 3, 1000])
def test_chances_are_those_of_all_ways_to_keep_points_with_few_many_and_no_ties(
    values: int, width: int
) -> None:
    random = np.random.default_rng(values)
    points = random.integers(0, values, (9, 2)).astype(np.float64)
    keep = random.uniform(0.05, 1.0, 9)
    np.testing.assert_allclose(
        dense(points, keep, width), by_enumeration(points, keep, width), atol=1e-12
    )


def test_simulated_thinning_has_the_same_shares() -> None:
    random = np.random.default_rng(0)
    points, keep = random.standard_normal((60, 3)), random.uniform(0.1, 0.9, 60)
    is_real = np.arange(60) < 30
    distances = np.square(points[:, None] - points[None]).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    draws, hits = 4_000, np.zeros(60)
    for _ in range(draws):
        kept = random.random(60) < keep
        hits += is_real[np.where(kept, distances, np.inf).argmin(axis=1)]
    lists = ordered_neighbors(self_knn(points.astype(np.float32), 59))
    error = np.sqrt(0.25 / draws)
    assert np.abs(hits / draws - lists.shares(keep, is_real)).max() < 4.5 * error


def test_keeping_everything_leaves_the_nearest_neighbor_with_its_ties() -> None:
    points = np.array([[0.0], [1.0], [-1.0], [5.0], [7.0]])
    chances = dense(points, np.ones(5), 4)
    np.testing.assert_allclose(chances[0], [0.0, 0.5, 0.5, 0.0, 0.0])
    np.testing.assert_allclose(chances[3], [0.0, 0.0, 0.0, 0.0, 1.0])


def test_points_that_are_never_kept_are_nobodys_neighbor() -> None:
    points = np.random.default_rng(0).standard_normal((20, 2))
    keep = np.where(np.arange(20) % 2 == 0, 0.5, 0.0)
    assert dense(points, keep, 19)[:, 1::2].max() == 0.0


def test_a_tie_of_very_many_shares_evenly_and_favors_no_side() -> None:
    points, keep = np.zeros((500, 2), dtype=np.float32), np.full(500, 0.3)
    is_real = np.arange(500) < 200
    shares = ordered_neighbors(self_knn(points, 10)).shares(keep, is_real)
    np.testing.assert_allclose(shares[is_real], 199 / 499, rtol=1e-9)
    np.testing.assert_allclose(shares[~is_real], 200 / 499, rtol=1e-9)


def test_shares_do_not_depend_on_the_order_of_points() -> None:
    random = np.random.default_rng(3)
    points = random.integers(0, 6, (80, 3)).astype(np.float32)
    keep, is_real = random.uniform(0.1, 1.0, 80), random.random(80) < 0.5
    order = random.permutation(80)
    straight = ordered_neighbors(self_knn(points, 12)).shares(keep, is_real)
    shuffled = ordered_neighbors(self_knn(points[order], 12)).shares(keep[order], is_real[order])
    np.testing.assert_allclose(shuffled, straight[order], atol=1e-12)


@pytest.mark.parametrize("values", [2, 6, 1_000_000])
@pytest.mark.parametrize("threads", [1, 3])
def test_the_core_reads_the_same_shares_with_many_few_and_no_ties(
    values: int, threads: int
) -> None:
    random = np.random.default_rng(values)
    points = random.integers(0, values, (9_000, 3)).astype(np.float32)
    keep = np.where(random.random(9_000) < 0.3, 1.0, random.uniform(0.0, 0.4, 9_000))
    is_real = random.random(9_000) < 0.5
    lists = self_knn(points, 14)
    np.testing.assert_allclose(
        first_kept(lists).shares(keep, is_real, threads),
        ordered_neighbors(lists).shares(keep, is_real),
        atol=1e-12,
    )
