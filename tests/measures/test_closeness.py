"""Closeness keeps falling where the score has ended, and knows how sure it is."""

from __future__ import annotations

import numpy as np
import pytest

from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.closeness import closeness_of
from twinscore.neighbors import self_knn

DRAWS = 120


def moved(seed: int, by: float, real: int = 60, synthetic: int = 60, width: int = 32) -> Pool:
    random = np.random.default_rng(seed)
    points = random.standard_normal((real + synthetic, width))
    points[real:, 0] += by
    return Pool(points.astype(np.float32), np.arange(real + synthetic) < real, None)


def value(pool: Pool) -> float:
    found = closeness_of(pool, seed=0, relabellings=39)
    assert found is not None
    return found.value


def test_it_is_the_mean_distance_within_the_sides_over_that_across() -> None:
    pool = moved(0, 2.0, real=7, synthetic=5)
    points = pool.vectors.astype(np.float64)
    table = np.linalg.norm(points[:, None] - points[None], axis=2)
    within = (table[:7, :7].sum() / (7 * 6) + table[7:, 7:].sum() / (5 * 4)) / 2.0
    assert value(pool) == pytest.approx(within / table[:7, 7:].mean(), rel=1e-6)


def test_it_goes_on_falling_where_the_score_is_at_its_floor() -> None:
    found = []
    for by in (20.0, 40.0, 80.0):
        pool = moved(0, by)
        assert directed_score(graph_of(self_knn(pool.vectors, 1)), ~pool.is_real) == 0.0
        found.append(value(pool))
    assert found[0] > 1.3 * found[1] > 1.3**2 * found[2] > 0.0


def test_it_does_not_depend_on_the_number_of_images() -> None:
    few = np.mean([value(moved(seed, 4.0, 20, 20)) for seed in range(60)])
    many = np.mean([value(moved(seed, 4.0, 200, 80)) for seed in range(20)])
    assert few == pytest.approx(many, abs=0.005)


@pytest.mark.parametrize("by", [1.0, 3.0, 12.0])
def test_its_interval_holds_the_mean_of_sides_drawn_anew(by: float) -> None:
    found = [closeness_of(moved(seed, by), seed=seed, relabellings=39) for seed in range(DRAWS)]
    told = [one for one in found if one is not None]
    target = np.mean([one.value for one in told])
    held = np.mean([one.interval[0] <= target <= one.interval[1] for one in told])
    assert held >= 0.90
    widths = [one.interval[1] - one.interval[0] for one in told]
    assert np.mean(widths) < 5.5 * np.std([one.value for one in told])


def test_sides_drawn_alike_fall_outside_its_null_range_as_often_as_chance_has_it() -> None:
    outside, low = 0, 0
    for seed in range(DRAWS):
        found = closeness_of(moved(seed, 0.0, 40, 25), seed=seed, relabellings=199)
        assert found is not None
        outside += not found.null_interval[0] <= found.value <= found.null_interval[1]
        low += found.p_value <= 0.05
    # 5 % of 120 draws, and three standard errors of chance beside them.
    assert outside <= 14
    assert low <= 14


def test_its_null_range_lies_around_1() -> None:
    found = closeness_of(moved(0, 3.0), seed=0)
    assert found is not None
    assert found.null_interval[0] < 1.0 < found.null_interval[1]
    assert found.p_value == pytest.approx(1 / 400)


@pytest.mark.parametrize("unit", [1e-30, 1e-6, 1.0, 1e25])
def test_neither_scale_nor_place_of_the_vectors_matters(unit: float) -> None:
    pool = moved(0, 2.0)
    elsewhere = Pool((pool.vectors + 10.0) * np.float32(unit), pool.is_real, None)
    assert value(elsewhere) == pytest.approx(value(pool), rel=1e-3)


def test_a_group_counts_as_one() -> None:
    pool = moved(0, 2.0)
    frames = Pool(
        np.repeat(pool.vectors, 5, axis=0),
        np.repeat(pool.is_real, 5),
        np.repeat(np.arange(120), 5),
    )
    found, alone = closeness_of(frames, seed=0), closeness_of(pool, seed=0)
    assert found is not None
    assert alone is not None
    assert (found.value, found.interval) == (alone.value, alone.interval)


def test_of_many_images_so_many_are_compared() -> None:
    pool = moved(0, 2.0, 400, 300)
    found = closeness_of(pool, seed=0, most=100)
    whole = closeness_of(pool, seed=0)
    assert found is not None
    assert whole is not None
    assert found.interval[0] < whole.value < found.interval[1]
    assert found.interval[1] - found.interval[0] > whole.interval[1] - whole.interval[0]


def test_images_that_are_all_the_same_are_close() -> None:
    same = Pool(np.ones((8, 3), dtype=np.float32), np.arange(8) < 4, None)
    assert value(same) == 1.0


def test_sides_of_copies_apart_have_no_distance_within() -> None:
    points = np.repeat(np.array([[0.0, 0.0], [5.0, 0.0]], dtype=np.float32), 5, axis=0)
    found = closeness_of(Pool(points, np.arange(10) < 5, None), seed=0)
    assert found is not None
    assert found.value == 0.0
    assert found.interval == (0.0, 0.0)


def test_fewer_than_four_images_of_a_side_tell_nothing() -> None:
    assert closeness_of(moved(0, 1.0, 3, 50), seed=0) is None
    assert closeness_of(moved(0, 1.0, 50, 3), seed=0) is None


@pytest.mark.parametrize("kinds", [100, 2])
def test_its_interval_holds_its_value_where_one_side_is_the_copy_of_the_other(kinds: int) -> None:
    """All pairs leave no gap at all then: the interval reaches up to none, and no further down."""
    side = np.random.default_rng(0).standard_normal((kinds, 8)).astype(np.float32)
    side = np.repeat(side, 100 // kinds, axis=0)
    pool = Pool(np.concatenate([side, side]), np.arange(200) < 100, None)
    found = closeness_of(pool, seed=0)
    assert found is not None
    low, high = found.interval
    assert low <= found.value <= high
    assert low > 0.9
