from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from stream_points import gaussian_points, grid_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.base.arrays import FloatMatrix


def naive_answers(
    real: FloatMatrix, kept: FloatMatrix, item: FloatMatrix, k: int
) -> tuple[float, float]:
    """Share and ratio of one item; `kept` without the item itself."""
    to_real = np.square(real.astype(np.float64) - item).sum(axis=1)
    to_kept = np.square(kept.astype(np.float64) - item).sum(axis=1)
    joint = np.concatenate([to_real, to_kept])
    last = np.sort(joint)[k - 1]
    places = k - (joint < last).sum()
    share = (to_real < last).sum() + places * (to_real == last).sum() / (joint == last).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.sqrt(to_real.min() / to_kept.min())
    return share / k, 1.0 if np.isnan(ratio) else ratio


@pytest.mark.parametrize("k", [1, 4])
@pytest.mark.parametrize("make", [grid_points, gaussian_points])
def test_answers_equal_a_naive_search(k: int, make: Callable[[int, int], FloatMatrix]) -> None:
    real = make(0, 60)
    scorer = ts.StreamingScorer(real, k=k, capacity=40)
    for seed in range(1, 8):
        batch = make(seed, 30)
        answers = scorer.update(batch, answers=True)
        assert answers is not None
        snapshot = scorer.snapshot().vectors
        others = {
            row: np.delete(snapshot, np.flatnonzero((snapshot == batch[row]).all(axis=1))[0], 0)
            if answers.kept[row]
            else snapshot
            for row in range(30)
        }
        expected = [naive_answers(real, others[row], batch[row], k) for row in range(30)]
        np.testing.assert_allclose(answers.real_share, [share for share, _ in expected])
        np.testing.assert_allclose(answers.distance_ratio, [ratio for _, ratio in expected])


def test_mean_answers_are_the_observed_share_of_the_result() -> None:
    real, points = grid_points(0, 60), grid_points(1, 50)
    scorer = ts.StreamingScorer(real, k=2)
    answers = scorer.update(points, answers=True)
    assert answers is not None
    assert answers.real_share.mean() / (60 / 109) == pytest.approx(scorer.result().score)


def test_answers_leave_the_own_group_out() -> None:
    real = np.array([[0.0, 0.0], [0.0, 9.0]], dtype=np.float32)
    clip = np.array([[5.0, 0.0], [5.1, 0.0]], dtype=np.float32)
    other = np.array([[4.0, 0.0], [8.0, 0.0]], dtype=np.float32)
    scorer = ts.StreamingScorer(real, capacity=10)
    scorer.update(other, groups=["b", "c"])
    answers = scorer.update(clip, groups=["a", "a"], answers=True)
    assert answers is not None
    np.testing.assert_allclose(answers.distance_ratio, [5.0 / 1.0, 5.1 / 1.1], rtol=1e-6)


def test_compare_answers_without_taking_in() -> None:
    real, points = grid_points(0, 60), gaussian_points(1, 20, columns=3)
    scorer = ts.StreamingScorer(real)
    scorer.update(points)
    answers = scorer.compare(points)
    assert scorer.n_seen == 20
    assert not answers.kept.any()
    # An item that is in the pool already meets itself there.
    assert np.isinf(answers.distance_ratio).all()


def test_without_another_synthetic_image_there_is_no_ratio() -> None:
    scorer = ts.StreamingScorer(grid_points(0, 60))
    answers = scorer.update(grid_points(1, 1), answers=True)
    assert answers is not None
    assert np.isnan(answers.distance_ratio).all()
    assert answers.real_share.tolist() == [1.0]
