from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from twinscore.graph.pool import Pool
from twinscore.measures.fold_sums import fold_sums, standardization_of
from twinscore.measures.judge import judge_pool

Points = npt.NDArray[np.float32]


def two_sides(
    random: np.random.Generator, real: int, synthetic: int, width: int, shift: float
) -> Pool:
    points = random.standard_normal((real + synthetic, width), dtype=np.float32)
    points[real:] += shift / np.sqrt(width)
    return Pool(points, np.arange(real + synthetic) < real, None)


@pytest.mark.parametrize("width", [8, 300])
def test_sides_far_apart_are_sorted_without_a_mistake(width: int) -> None:
    pool = two_sides(np.random.default_rng(0), 60, 90, width, shift=30.0)

    found = judge_pool(pool, seed=0)

    assert found.judge.accuracy == 1.0
    assert found.judge.interval[0] > 0.9
    assert found.judge.p_value < 0.01
    assert found.synthetic[pool.is_real].max() < 0.2 < 0.8 < found.synthetic[~pool.is_real].min()


def test_accuracy_is_that_of_the_best_judge_of_two_shifted_gaussians() -> None:
    shift = 1.5
    best = 0.7734  # the normal distribution function at 0.75

    found = judge_pool(two_sides(np.random.default_rng(1), 2_000, 2_000, 4, shift), seed=0)

    assert found.judge.interval[0] <= best <= found.judge.interval[1]
    assert found.judge.accuracy == pytest.approx(best, abs=0.02)


def test_probabilities_mean_what_they_say() -> None:
    pool = two_sides(np.random.default_rng(2), 4_000, 4_000, 4, shift=1.5)

    said = judge_pool(pool, seed=0).synthetic

    for low, high in ((0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9)):
        inside = (said >= low) & (said < high)
        assert np.mean(~pool.is_real[inside]) == pytest.approx(said[inside].mean(), abs=0.04)


@pytest.mark.parametrize(("real", "synthetic"), [(20, 400), (400, 20)])
def test_sides_of_different_size_count_alike(real: int, synthetic: int) -> None:
    accuracies = [
        judge_pool(two_sides(np.random.default_rng(seed), real, synthetic, 5, 0.0), seed=seed)
        for seed in range(20)
    ]

    assert np.mean([found.judge.accuracy for found in accuracies]) == pytest.approx(0.5, abs=0.06)


def test_both_ways_to_solve_give_the_same_judge() -> None:
    random = np.random.default_rng(3)
    narrow = two_sides(random, 70, 80, 149, shift=2.0)
    # An axis that is the same everywhere adds nothing but a column more than there are rows.
    padding = np.ones((150, 10), dtype=np.float32)
    wide = Pool(np.concatenate([narrow.vectors, padding], axis=1), narrow.is_real, None)

    by_axes, by_rows = judge_pool(narrow, seed=5), judge_pool(wide, seed=5)

    assert by_axes.judge == by_rows.judge
    np.testing.assert_allclose(by_axes.synthetic, by_rows.synthetic, atol=1e-3)


def test_frames_of_one_clip_are_never_on_both_sides_of_the_cut() -> None:
    random = np.random.default_rng(4)
    clips = random.standard_normal((40, 30)).astype(np.float32)
    frames = np.repeat(clips, 10, axis=0) + 0.01 * random.standard_normal((400, 30))
    groups = np.repeat(np.arange(40), 10)

    found = judge_pool(Pool(frames.astype(np.float32), np.arange(400) < 200, groups), seed=0).judge

    assert found.accuracy < 0.75
    assert found.interval[1] - found.interval[0] > 0.2


def test_sums_of_two_pools_add_up_to_those_of_both() -> None:
    random = np.random.default_rng(5)
    points = random.standard_normal((50, 6)).astype(np.float32)
    folds = np.arange(50) % 3
    weights = random.uniform(0.5, 1.0, 50)
    labels = random.integers(0, 2, (50, 4)).astype(np.int8)
    shared = standardization_of(points)
    parts = [slice(0, 20), slice(20, 50)]

    first, second = (
        fold_sums(points[part], shared, folds[part], weights[part], labels[part]) for part in parts
    )
    whole = fold_sums(points, shared, folds, weights, labels)

    for fold in range(3):
        for apart, together in zip(
            (first + second).planes(fold, 0.1), whole.planes(fold, 0.1), strict=True
        ):
            np.testing.assert_allclose(apart, together, rtol=1e-4, atol=1e-5)


def test_the_judge_depends_on_no_scale_of_the_vectors() -> None:
    pool = two_sides(np.random.default_rng(6), 50, 60, 20, shift=1.0)
    large = Pool(pool.vectors * np.float32(1e30), pool.is_real, None)
    small = Pool(pool.vectors * np.float32(1e-30), pool.is_real, None)

    assert judge_pool(large, seed=0).judge == judge_pool(small, seed=0).judge


@pytest.mark.slow
@pytest.mark.parametrize(("real", "synthetic"), [(60, 60), (20, 200), (200, 20)])
@pytest.mark.parametrize("width", [4, 400])
def test_false_alarms_are_as_rare_as_promised(real: int, synthetic: int, width: int) -> None:
    draws = 400
    alarms = [
        judge_pool(
            two_sides(np.random.default_rng(seed), real, synthetic, width, 0.0), seed=seed
        ).judge.p_value
        <= 0.05
        for seed in range(draws)
    ]

    assert abs(np.mean(alarms) - 0.05) < 3.5 * np.sqrt(0.05 * 0.95 / draws)


def test_accuracy_is_that_of_regularised_logistic_regression() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    model_selection = pytest.importorskip("sklearn.model_selection")
    for shift in (0.0, 1.0, 2.5):
        pool = two_sides(np.random.default_rng(7), 300, 300, 40, shift)
        labels = ~pool.is_real
        logistic = linear_model.LogisticRegression(C=0.1)
        folds = model_selection.StratifiedKFold(5, shuffle=True, random_state=0)
        peer = model_selection.cross_val_score(logistic, pool.vectors, labels, cv=folds).mean()

        assert judge_pool(pool, seed=0).judge.accuracy == pytest.approx(peer, abs=0.04)
