"""Which side spreads farther."""

from __future__ import annotations

import numpy as np
import pytest

from twinscore.graph.pool import Pool
from twinscore.measures.spread import spread_of


def two_sides(seed: int, times: float, width: int = 200, units: int = 200) -> Pool:
    """Scenes of different size, and a synthetic side that is drawn out around the center."""
    random = np.random.default_rng(seed)
    scenes = 2.0 * random.standard_normal((10, width))
    which = random.integers(10, size=2 * units)
    points = scenes[which] + random.standard_normal((2 * units, width))
    points *= (0.8 + 0.05 * which)[:, None]
    center = points.mean(axis=0)
    points[units:] = (points[units:] - center) * times + center
    return Pool(points.astype(np.float32), np.arange(2 * units) < units, None)


@pytest.mark.parametrize("times", [1.1, 1.0 / 1.1])
def test_a_small_change_of_spread_is_seen_and_its_direction_told(times: float) -> None:
    for seed in range(5):
        found = spread_of(two_sides(seed, times), seed=seed)
        assert found.p_value < 0.01
        assert 0.2 < np.log(found.ratio) / np.log(times) < 1.2


def test_sides_drawn_alike_have_a_ratio_near_1() -> None:
    found = [spread_of(two_sides(seed, 1.0), seed=seed) for seed in range(20)]
    assert np.mean([one.ratio for one in found]) == pytest.approx(1.0, abs=0.01)
    assert sum(one.p_value <= 0.05 for one in found) <= 4


def test_neither_scale_nor_place_of_the_vectors_matters() -> None:
    pool = two_sides(0, 1.1)
    moved = Pool(pool.vectors * np.float32(1e-6) + np.float32(1e-5), pool.is_real, None)
    assert spread_of(moved, seed=0).ratio == pytest.approx(spread_of(pool, seed=0).ratio, rel=1e-3)


def test_large_pools_are_told_by_the_normal_distribution_alike() -> None:
    for times, low, high in ((1.0, 0.001, 1.0), (1.05, 0.0, 1e-6)):
        found = spread_of(two_sides(1, times, width=16, units=6_000), seed=0)
        assert low <= found.p_value <= high


def test_pools_without_any_spread_tell_nothing() -> None:
    found = spread_of(Pool(np.ones((8, 3), np.float32), np.arange(8) < 4, None), seed=0)
    assert (found.ratio, found.p_value) == (1.0, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("real", "synthetic"), [(60, 60), (20, 200), (200, 20)])
def test_false_alarms_are_as_rare_as_promised(real: int, synthetic: int) -> None:
    draws = 400
    alarms = []
    for seed in range(draws):
        points = np.random.default_rng(seed).standard_t(4, (real + synthetic, 40))
        pool = Pool(points.astype(np.float32), np.arange(real + synthetic) < real, None)
        alarms.append(spread_of(pool, seed=seed).p_value <= 0.05)
    assert abs(np.mean(alarms) - 0.05) < 3.5 * np.sqrt(0.05 * 0.95 / draws)
