"""Images that look alike are of one kind, whatever their order."""

from __future__ import annotations

import numpy as np
import pytest

from twinscore.measures import kinds
from twinscore.measures.kinds import kinds_of


def blobs(sizes: tuple[int, ...], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    centers = random.standard_normal((len(sizes), 16)) * 20
    points = centers[truth] + random.standard_normal((len(truth), 16)) * 0.5
    return points.astype(np.float32), truth


@pytest.mark.parametrize("searched", [10_000, 100])
def test_kinds_never_mix_clusters_far_apart_and_most_of_each_is_one_kind(
    searched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "MOST_SEARCHED", searched)
    points, truth = blobs((80, 40, 20))
    found = kinds_of(points, np.arange(len(points)), seed=0)
    np.testing.assert_array_equal(truth[found], truth)
    for cluster in range(3):
        largest = np.bincount(found[truth == cluster]).max()
        assert largest >= 0.4 * np.count_nonzero(truth == cluster)


def test_kinds_do_not_depend_on_the_order_of_images() -> None:
    points, _ = blobs((50, 30))
    order = np.random.default_rng(1).permutation(len(points))
    found = kinds_of(points, np.arange(len(points)), seed=0)
    shuffled = kinds_of(points[order], np.arange(len(points)), seed=0)
    np.testing.assert_array_equal(order[shuffled], found[order])


def test_near_duplicates_are_of_one_kind() -> None:
    points = np.zeros((40, 3), dtype=np.float32)
    points[30:] = np.random.default_rng(0).standard_normal((10, 3)) + 9
    clusters = np.where(np.arange(40) < 30, 0, np.arange(40))
    found = kinds_of(points, clusters, seed=0)
    assert len(set(found[:30].tolist())) == 1


def test_two_images_are_enough() -> None:
    assert kinds_of(np.eye(2, dtype=np.float32), np.arange(2), seed=0).shape == (2,)
