"""Distances within and between the sides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from twinscore.measures.distance_ratio import distance_ratio


def points(shift: float, count: int = 150, seed: int = 0) -> np.ndarray:
    drawn = np.random.default_rng(seed).standard_normal((2 * count, 6))
    drawn[count:, 0] += shift
    return drawn.astype(np.float32)


def test_the_median_is_that_of_all_pairs_of_distances() -> None:
    vectors = points(1.0).astype(np.float64)
    to_real = cdist(vectors[150:], vectors[:150]).min(axis=1)
    within = cdist(vectors[150:], vectors[150:])
    np.fill_diagonal(within, np.inf)
    expected = np.median(to_real / within.min(axis=1))
    ratio = distance_ratio(vectors.astype(np.float32), seed=0)
    assert ratio.median == pytest.approx(expected, rel=1e-6)


def test_it_rises_where_the_score_is_zero_already() -> None:
    near, far = (distance_ratio(points(shift), seed=0) for shift in (20.0, 40.0))
    assert 5.0 < near.median < far.median
    assert near.p_value == far.p_value == 1 / 200


def test_copies_of_real_images_lie_nearer_to_them_than_chance() -> None:
    vectors = points(0.0)
    vectors[150:] = vectors[:150]
    ratio = distance_ratio(vectors, seed=0)
    assert ratio.median == 0.0
    assert ratio.p_value == 1.0


@pytest.mark.slow
def test_mixed_sides_are_found_different_in_one_case_of_twenty() -> None:
    p_values = [distance_ratio(points(0.0, 60, seed), seed=seed).p_value for seed in range(1_000)]
    # Three standard errors of 1,000 cases are 2 %.
    assert np.mean(np.array(p_values) <= 0.05) == pytest.approx(0.05, abs=0.02)
