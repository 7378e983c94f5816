"""Clusters of equal points that are larger than lists of neighbors."""

from __future__ import annotations

import numpy as np

import twinscore as ts
from twinscore.measures.duplicates import near_duplicates, without_kinds
from twinscore.measures.equal_points import pairs_beyond_lists


def test_no_pairs_are_added_where_lists_reach_beyond_equal_points() -> None:
    points = np.random.default_rng(0).standard_normal((60, 4)).astype(np.float32)
    points[30:34] = points[0]
    neighbors = ts.self_knn(points, 10)
    assert len(pairs_beyond_lists(neighbors, np.arange(60) < 30, np.arange(60))) == 0


def test_equal_images_of_both_sides_are_counted_though_lists_hold_real_ones_alone() -> None:
    alike = np.ones((60, 4), dtype=np.float32)
    is_real = np.arange(60) < 30
    counts = near_duplicates(alike, ts.self_knn(alike, 10), is_real, seed=0).counts(is_real)
    assert (counts["real"], counts["synthetic"], counts["across"]) == (30, 30, 60)


def test_equal_images_of_both_sides_are_collapsed_on_both() -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 60, 4)).astype(np.float32)
    real[:30] = synthetic[:30] = 0.0
    result = ts.score(real, synthetic, collapse_duplicates=True)
    assert isinstance(result, ts.ScoreResult)
    assert result.groups == {"real": 31, "synthetic": 31}


def test_equal_images_of_one_group_are_no_pairs_of_it() -> None:
    alike = np.ones((60, 4), dtype=np.float32)
    is_real = np.arange(60) < 30
    units = np.where(is_real, 0, 1 + np.arange(60) // 45)
    pairs = pairs_beyond_lists(ts.self_knn(alike, 10, units), is_real, units)
    assert (units[pairs[:, 0]] != units[pairs[:, 1]]).all()
    assert not is_real[pairs].all(axis=1).any()
    assert len(np.unique(pairs)) == 60


def test_equal_images_are_copies_and_no_kind_however_many() -> None:
    """Ten renderings of forty times each are ten images."""
    real = np.random.default_rng(0).standard_normal((100, 8)).astype(np.float32)
    points = np.concatenate([real, np.repeat(real[:10], 40, axis=0)])
    is_real = np.arange(500) < 100
    duplicates = near_duplicates(points, ts.self_knn(points, 10), is_real, seed=0)
    assert len(np.unique(without_kinds(duplicates, is_real).clusters[100:])) == 10
