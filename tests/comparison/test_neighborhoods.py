"""The score of each set is read from lists searched once: the same as searching its own pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twinscore as ts
from twinscore.comparison.neighborhoods import find_neighborhoods

if TYPE_CHECKING:
    import numpy.typing as npt

Points = "npt.NDArray[np.float32]"


def shares_by_hand(
    real: npt.NDArray[np.float32], own: npt.NDArray[np.float32], k: int
) -> npt.NDArray[np.float64]:
    """Real share among the k nearest of real and own points, ties at the last place split."""
    pool = np.concatenate([real, own]).astype(np.float64)
    shares = np.empty(len(own))
    for row in range(len(own)):
        distances = np.square(pool - own[row].astype(np.float64)).sum(axis=1)
        distances[len(real) + row] = np.inf
        limit = np.sort(distances)[k - 1]
        nearer, tied = distances < limit - 1e-9, np.abs(distances - limit) <= 1e-9
        weights = nearer + tied * (k - nearer.sum()) / tied.sum()
        shares[row] = weights[: len(real)].sum() / k
    return shares


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n_real=st.integers(4, 20),
    sizes=st.tuples(st.integers(4, 15), st.integers(4, 15)),
    k=st.integers(1, 3),
    on_a_grid=st.booleans(),
)
def test_shares_of_each_set_are_those_of_its_own_pool(
    seed: int, n_real: int, sizes: tuple[int, int], k: int, on_a_grid: bool
) -> None:
    random = np.random.default_rng(seed)
    count = n_real + sum(sizes)
    points = random.standard_normal((count, 3)).astype(np.float32)
    if on_a_grid:  # many equal distances and equal points
        points = random.integers(0, 3, (count, 2)).astype(np.float32)
    real, synthetic = points[:n_real], points[n_real:]
    labels = np.repeat([0, 1], sizes)
    found = find_neighborhoods(real, synthetic, k, depth=count)
    shares, certain = found.real_shares(labels)
    assert certain.all()
    for label in (0, 1):
        expected = shares_by_hand(real, synthetic[labels == label], k)
        assert shares[labels == label] == pytest.approx(expected, abs=1e-9)


def test_real_points_that_left_are_no_candidates() -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 40, 3)).astype(np.float32)
    kept = random.random(40) < 0.5
    labels = np.where(random.random(40) < 0.5, 0, -1)
    found = find_neighborhoods(real, synthetic, 2, depth=80)
    shares, _ = found.real_shares(labels, kept)
    expected = shares_by_hand(real[kept], synthetic[labels == 0], 2)
    assert shares[labels == 0] == pytest.approx(expected)


def test_a_list_that_ends_too_early_says_so() -> None:
    # The first point's nearest twenty synthetic points are all of the other set.
    synthetic = np.zeros((40, 2), np.float32)
    synthetic[:, 0] = np.arange(40) * 0.01
    synthetic[1:20] += 5.0
    real = np.full((10, 2), 100.0, np.float32)
    labels = np.r_[0, np.zeros(19, int), np.ones(20, int)]
    _, certain = find_neighborhoods(real, synthetic, 1, depth=4).real_shares(labels)
    assert not certain[0]
    shares, certain = find_neighborhoods(real, synthetic, 1, depth=60).real_shares(labels)
    assert certain.all()
    assert shares[0] == 0.0


def test_the_score_is_that_of_scoring_each_set_alone() -> None:
    random = np.random.default_rng(1)
    real, first, second = random.standard_normal((3, 60, 4)).astype(np.float32)
    second[:30] += 9.0
    labels = np.repeat([0, 1], 60)
    found = find_neighborhoods(real, np.concatenate([first, second]), 3, depth=100)
    shares, _ = found.real_shares(labels)
    for label, synthetic in enumerate((first, second)):
        alone = ts.score(real, synthetic, 3).score
        assert shares[labels == label].mean() / (60 / 119) == pytest.approx(alone)
