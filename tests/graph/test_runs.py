"""Runs: lengths, ties, the estimate of what is reached."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twinscore as ts
from twinscore.graph.run_lengths import run_lengths
from twinscore.graph.runs import RunCounts, list_width, own_neighbors, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt


@pytest.mark.parametrize(
    ("own", "other", "k"), [(100, 100, 4), (800, 100, 20), (100, 800, 2), (100_000, 1, 50)]
)
def test_a_run_stops_where_a_perfect_twin_has_an_empty_one_in_a_tenth(
    own: int, other: int, k: int
) -> None:
    assert own_neighbors(own, other) == k
    if 2 < k < 50:
        share = own / (own + other)
        assert share**k <= 0.1 < share ** (k - 1)


def _places_in_random_order(
    distances: npt.NDArray[np.float64], own: npt.NDArray[np.bool_], counted: npt.NDArray[np.bool_]
) -> list[list[tuple[bool, bool]]]:
    blocks = [
        list(zip(own[distances == level], counted[distances == level], strict=True))
        for level in np.unique(distances)
    ]
    orders = [[list(order) for order in itertools.permutations(block)] for block in blocks]
    return [list(itertools.chain(*choice)) for choice in itertools.product(*orders)]


def _naive(points: npt.NDArray[np.float32], is_real: npt.NDArray[np.bool_]) -> list[list[float]]:
    """Probabilities of the lengths 0, 1 and 2, by walking through every order of ties."""
    real, synthetic = int(is_real.sum()), int((~is_real).sum())
    squares = np.square(points[:, None].astype(np.float64) - points).sum(axis=-1)

    def runs(
        rows: npt.NDArray[np.int64], own_side: bool, near: npt.NDArray[np.bool_], k: int
    ) -> Iterator[tuple[int, list[float]]]:
        for row in rows:
            others = np.delete(np.arange(len(points)), row)
            order = others[np.argsort(squares[row, others], kind="stable")]
            end = squares[row, order[min(k + 1, len(order) - 1)]]
            order = order[squares[row, order] <= end]
            own, counted = is_real[order] == own_side, near[order]
            lengths = []
            for places in _places_in_random_order(squares[row, order], own, counted):
                stops = [number for number, place in enumerate(places) if place[0]]
                stop = stops[k - 1] if len(stops) >= k else len(places)
                lengths.append(sum(place[1] for place in places[:stop]))
            yield row, [lengths.count(length) / len(lengths) for length in range(3)]

    found: dict[int, list[float]] = {}
    k = own_neighbors(synthetic, real)
    found.update(runs(np.flatnonzero(~is_real), False, is_real, k))
    near_reality = np.array([not r and found[i][0] <= 0.5 for i, r in enumerate(is_real)])
    found.update(runs(np.flatnonzero(is_real), True, near_reality, own_neighbors(real, synthetic)))
    return [found[row] for row in range(len(points))]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_runs_are_those_of_the_naive_answer_ties_in_random_order(data: st.DataObject) -> None:
    count = data.draw(st.integers(9, 13))
    seed = data.draw(st.integers(0, 10_000))
    grid = data.draw(st.sampled_from([6, 30, 10_000]))
    random = np.random.default_rng(seed)
    points = random.integers(0, grid, size=(count, 2)).astype(np.float32)
    is_real = np.arange(count) < data.draw(st.integers(4, count - 4))
    width = list_width(int(is_real.sum()), int((~is_real).sum()))
    squares = np.square(points[:, None] - points).sum(axis=-1)
    if max(np.unique(row, return_counts=True)[1].max() for row in squares) > 6:
        return  # more orders than a test walks through
    for wider in (0, 1):
        runs = runs_of(ts.self_knn(points, min(width + wider, count - 1)), is_real)
        np.testing.assert_allclose(runs.probabilities, _naive(points, is_real), atol=1e-12)


def test_runs_do_not_depend_on_the_order_of_rows_where_places_are_shared() -> None:
    random = np.random.default_rng(3)
    points = random.integers(0, 5, size=(80, 3)).astype(np.float32)
    is_real = np.arange(80) < 40
    order = random.permutation(80)
    width = list_width(40, 40)
    runs = runs_of(ts.self_knn(points, width), is_real)
    moved = runs_of(ts.self_knn(points[order], width), is_real[order])
    np.testing.assert_allclose(moved.probabilities, runs.probabilities[order], atol=1e-12)


def test_wider_lists_change_no_run() -> None:
    random = np.random.default_rng(0)
    points = random.integers(0, 6, size=(60, 3)).astype(np.float32)
    is_real = np.arange(60) < 25
    narrow, wide = (
        runs_of(ts.self_knn(points, width), is_real) for width in (list_width(25, 35), 40)
    )
    np.testing.assert_allclose(wide.probabilities, narrow.probabilities, atol=1e-12)


def test_lists_that_are_too_short_are_refused() -> None:
    points = np.random.default_rng(0).standard_normal((40, 2)).astype(np.float32)
    with pytest.raises(ValueError, match=r"expected lists of at least 6 neighbors.*got 5"):
        runs_of(ts.self_knn(points, 5), np.arange(40) < 20)


def test_runs_without_the_guard_are_empty_as_often_as_falling_factorials_say() -> None:
    real, synthetic = 30, 60
    k = own_neighbors(real, synthetic)
    random = np.random.default_rng(0)
    others = np.arange(real + synthetic - 1) < real - 1
    places = np.array([random.permutation(others) for _ in range(20_000)])
    exact = math.perm(real - 1, k) / math.perm(real + synthetic - 1, k)
    assert np.mean(run_lengths(places, ~places, k) == 0) == pytest.approx(exact, abs=0.006)


def test_negative_binomial_counts_have_no_zeros_beyond_chance() -> None:
    k, rho = 4, 0.8
    theta = rho / (1.0 + rho)
    zeros = (1 - theta) ** k
    shares = np.array([zeros, k * theta * zeros, k * (k + 1) / 2 * theta**2 * zeros])
    counts = RunCounts(1_000_000, 1_000_000 * shares, k)
    assert counts.reached == pytest.approx(1.0, abs=1e-4)
    missing = RunCounts(2_000_000, 1_000_000 * (shares + np.array([1.0, 0.0, 0.0])), k)
    assert missing.reached == pytest.approx(0.5, abs=1e-4)


def test_where_nothing_is_reached_nothing_is_put_down_to_chance() -> None:
    counts = RunCounts(50, np.array([50.0, 0.0, 0.0]), 4)
    assert counts.reached == counts.reached_now == counts.gain(100, 1_000) == 0.0


def test_more_images_of_the_same_kind_gain_at_most_what_chance_left_empty() -> None:
    counts = RunCounts(100, np.array([30.0, 25.0, 15.0]), 4)
    gains = [counts.gain(100, more) for more in (0, 10, 100, 100_000)]
    assert gains == sorted(gains)
    assert gains[0] == 0.0
    assert gains[-1] == pytest.approx(min(counts.chance_zeros, 30.0) / 100)
