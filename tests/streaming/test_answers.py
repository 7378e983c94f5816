from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twinscore as ts
from stream_points import gaussian_points, grid_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.base.arrays import Float64Array, FloatMatrix


def naive_spacing(real: FloatMatrix) -> tuple[Float64Array, Float64Array]:
    """Distinct real images and the distance that is usual around each, by the definition."""
    distinct = np.unique(real, axis=0).astype(np.float64)
    apart = np.sqrt(np.square(distinct[:, None] - distinct).sum(axis=2))
    order = np.argsort(apart, axis=1, kind="stable")
    gaps = apart[np.arange(len(apart)), order[:, 1]]
    local = gaps[order[:, :10]].mean(axis=1)
    return distinct, local * np.median(gaps / local[order[:, 1]])


def naive_share(real: FloatMatrix, others: FloatMatrix, item: FloatMatrix, k: int) -> float:
    """Share of one item; `others` without the item itself."""
    to_real = np.square(real.astype(np.float64) - item).sum(axis=1)
    to_others = np.square(others.astype(np.float64) - item).sum(axis=1)
    joint = np.concatenate([to_real, to_others])
    last = np.sort(joint)[k - 1]
    places = k - (joint < last).sum()
    tied = places * (to_real == last).sum() / (joint == last).sum()
    return float(((to_real < last).sum() + tied) / k)


def without(points: FloatMatrix, item: FloatMatrix) -> FloatMatrix:
    others: FloatMatrix = points[(points != item).any(axis=1)]
    return others


@pytest.mark.parametrize("arranged", [False, True])
@pytest.mark.parametrize("k", [1, 4])
@pytest.mark.parametrize("make", [grid_points, gaussian_points])
def test_shares_equal_a_naive_search_without_the_item_itself(
    k: int,
    make: Callable[[int, int], FloatMatrix],
    arranged: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if arranged:
        monkeypatch.setattr("twinscore.streaming.batch_search.FEWEST_RECENT", 10)
    real = make(0, 60)
    scorer = ts.StreamingScorer(real, k=k, capacity=40)
    for seed in range(1, 8):
        batch = make(seed, 30)
        answers = scorer.update(batch, answers=True)
        assert answers is not None
        kept = scorer.snapshot().vectors
        expected = [naive_share(real, without(kept, item), item, k) for item in batch]
        np.testing.assert_allclose(answers.real_share, expected)


def test_ratios_equal_their_definition() -> None:
    real, batch = gaussian_points(0, 60), gaussian_points(1, 30, shift=1.0)
    answers = ts.StreamingScorer(real).compare(batch)
    distinct, spacing = naive_spacing(real)
    apart = np.sqrt(np.square(batch[:, None].astype(np.float64) - distinct).sum(axis=2))
    expected = apart.min(axis=1) / spacing[apart.argmin(axis=1)]
    np.testing.assert_allclose(answers.relative_distance, expected)
    np.testing.assert_array_equal(answers.distance_ratio, answers.relative_distance)


def test_mean_answers_are_the_observed_share_of_the_result() -> None:
    real, points = grid_points(0, 60), np.unique(grid_points(1, 50), axis=0)
    scorer = ts.StreamingScorer(real, k=2)
    answers = scorer.update(points, answers=True)
    assert answers is not None
    expected = 60 / (59 + len(points))
    assert answers.real_share.mean() / expected == pytest.approx(scorer.result().score)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    k=st.integers(1, 3),
    times=st.integers(1, 4),
    label=st.sampled_from(["nothing", "id", "group", "another group"]),
    on_grid=st.booleans(),
)
def test_whether_an_item_was_seen_before_changes_no_answer(
    seed: int, k: int, times: int, label: str, on_grid: bool
) -> None:
    make = grid_points if on_grid else gaussian_points
    real, others, item = make(seed, 30), make(seed + 1, 20), make(seed + 2, 1)
    scorer = ts.StreamingScorer(real, k=k, capacity=100)
    scorer.update(without(others, item))
    unseen = scorer.compare(item)
    for time in range(times):
        given = {"group": "clip", "another group": f"clip {time}"}.get(label)
        scorer.update(
            item,
            ids=["item"] if label == "id" else None,
            groups=None if given is None else [given],
        )
    seen = scorer.compare(item)
    again = scorer.update(item, answers=True)
    assert again is not None
    for answers in (seen, again):
        np.testing.assert_array_equal(answers.real_share, unseen.real_share)
        np.testing.assert_array_equal(answers.distance_ratio, unseen.distance_ratio)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.0, 1.0))
def test_how_much_of_a_batch_was_seen_before_changes_no_answer(seed: int, share: float) -> None:
    real, points = gaussian_points(seed, 50), gaussian_points(seed + 1, 40)
    fresh, used = (ts.StreamingScorer(real, k=2, capacity=200) for _ in range(2))
    used.update(points[: round(share * len(points))])
    expected, found = fresh.update(points, answers=True), used.update(points, answers=True)
    assert expected is not None
    assert found is not None
    np.testing.assert_array_equal(found.distance_ratio, expected.distance_ratio)
    # Twice what was seen: no item has itself for a neighbor, though it has others' copies.
    assert np.isfinite(found.real_share).all()


@pytest.mark.parametrize("seen", [0, 1, 40])
def test_ratios_do_not_depend_on_what_the_scorer_has_seen(seen: int) -> None:
    real, points = gaussian_points(0, 50), gaussian_points(1, 30)
    scorer = ts.StreamingScorer(real)
    scorer.update(gaussian_points(2, seen, shift=3.0))
    expected = ts.StreamingScorer(real).compare(points).distance_ratio
    np.testing.assert_array_equal(scorer.compare(points).distance_ratio, expected)


@pytest.mark.parametrize("arranged", [False, True])
def test_an_item_is_not_compared_with_what_it_was_under_its_id(
    arranged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if arranged:
        monkeypatch.setattr("twinscore.streaming.batch_search.FEWEST_RECENT", 10)
    real, others, items = (gaussian_points(seed, 40) for seed in range(3))
    ids = [f"frame {number}" for number in range(40)]
    scorer = ts.StreamingScorer(real, k=3, capacity=200)
    scorer.update(others)
    unseen = [scorer.compare(items[row : row + 1] + np.float32(1e-3)) for row in range(40)]
    scorer.update(items, ids=ids)
    for row in range(40):
        augmented = items[row : row + 1] + np.float32(1e-3)
        with_id = scorer.compare(augmented, ids=ids[row : row + 1])
        apart = ts.StreamingScorer(real, k=3, capacity=200)
        apart.update(np.concatenate([others, np.delete(items, row, axis=0)]))
        np.testing.assert_array_equal(with_id.real_share, apart.compare(augmented).real_share)
        np.testing.assert_array_equal(with_id.distance_ratio, unseen[row].distance_ratio)
    assert (scorer.compare(items + np.float32(1e-3)).real_share <= 2 / 3).all()


def test_of_two_items_of_one_batch_under_one_id_neither_meets_the_other() -> None:
    real, points = gaussian_points(0, 40), gaussian_points(1, 20)
    twice = np.concatenate([points[:1], points[:1] + np.float32(1e-3), points[1:]])
    ids = ["a", "a", *(f"b{row}" for row in range(19))]
    scorer, once = (ts.StreamingScorer(real, k=2) for _ in range(2))
    found, expected = (
        scorer.update(twice, ids=ids, answers=True),
        once.update(points, ids=["a", *ids[2:]], answers=True),
    )
    assert found is not None
    assert expected is not None
    assert found.kept[:2].tolist() == [False, True]
    assert found.real_share[0] == expected.real_share[0]


def test_an_item_with_thousands_of_copies_is_compared_with_the_others() -> None:
    real, others, item = gaussian_points(0, 50), gaussian_points(1, 40), gaussian_points(2, 1)
    scorer = ts.StreamingScorer(real, k=3, capacity=5000)
    scorer.update(others)
    expected = scorer.compare(item).real_share
    scorer.update(np.repeat(item, 3000, axis=0))
    found = scorer.compare(np.repeat(item, 50, axis=0)).real_share
    np.testing.assert_array_equal(found, expected[0])


def test_answers_leave_the_own_group_out() -> None:
    real = np.array([[4.9, 0.0], [0.0, 9.0], [0.0, -9.0]], dtype=np.float32)
    clip = np.array([[5.0, 0.0], [5.05, 0.0]], dtype=np.float32)
    other = np.array([[4.0, 0.0], [8.0, 0.0]], dtype=np.float32)
    scorer = ts.StreamingScorer(real, capacity=10)
    scorer.update(other, groups=["b", "c"])
    answers = scorer.update(clip, groups=["a", "a"], answers=True)
    assert answers is not None
    assert answers.real_share.tolist() == [1.0, 1.0]
    assert scorer.compare(clip).real_share.tolist() == [0.0, 0.0]
    assert scorer.compare(clip, groups=["a", "a"]).real_share.tolist() == [1.0, 1.0]


def test_compare_answers_without_taking_in() -> None:
    real, points = grid_points(0, 60), gaussian_points(1, 20, columns=3)
    scorer = ts.StreamingScorer(real)
    scorer.update(points)
    answers = scorer.compare(points)
    assert scorer.n_seen == 20
    assert not answers.kept.any()
    assert np.isfinite(answers.distance_ratio).all()


@pytest.mark.parametrize(("k", "given"), [(1, 1), (3, 3)])
def test_beside_fewer_than_k_other_synthetic_images_there_is_no_share(k: int, given: int) -> None:
    scorer = ts.StreamingScorer(grid_points(0, 60), k=k)
    points = gaussian_points(1, given + 1, columns=3)
    answers = scorer.update(points[:given], answers=True)
    assert answers is not None
    assert np.isnan(answers.real_share).all()
    assert np.isfinite(answers.distance_ratio).all()
    answers = scorer.update(points[given:], answers=True)
    assert answers is not None
    assert np.isfinite(answers.real_share).all()


def test_a_copy_of_a_real_image_has_the_ratio_zero() -> None:
    real = gaussian_points(0, 60)
    assert (ts.StreamingScorer(real).compare(real[:5]).distance_ratio == 0.0).all()
