"""Copies of real images, by pairs that cross the sides."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.pool import Pool
from twinscore.measures.copies import copies_p_value


def p_value(pool: Pool, seed: int = 0) -> float:
    width = min(11, len(pool.vectors) - 1)
    return copies_p_value(ts.self_knn(pool.vectors, width, pool.groups), pool, seed=seed)


def two_sides(seed: int, width: int = 32) -> Pool:
    points = np.random.default_rng(seed).standard_normal((300, width)).astype(np.float32)
    return Pool(points, np.arange(300) < 150, None)


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("natural", [False, True])
def test_copies_are_found_also_among_pairs_that_reality_has(noise: float, natural: bool) -> None:
    for seed in range(5):
        pool, random = two_sides(seed), np.random.default_rng(100 + seed)
        if natural:  # as many pairs, half of which lie within a side
            twins = random.permutation(300)
            pool.vectors[twins[:60]] = pool.vectors[twins[60:120]] + np.float32(0.3)
        pool.vectors[150:172] = pool.vectors[:22]
        pool.vectors[150:172] += noise * random.standard_normal((22, 32)).astype(np.float32)
        assert p_value(pool) < 0.01


def test_the_same_scenes_on_both_sides_are_found() -> None:
    pool = two_sides(0)
    pool.vectors[150:] = pool.vectors[:150] + np.float32(0.1)
    assert p_value(pool) < 0.01


def test_frames_of_one_recording_split_at_random_are_no_copies() -> None:
    low = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        frames = np.repeat(random.standard_normal((100, 16)), 2, axis=0)
        frames += 0.05 * random.standard_normal((200, 16))
        shuffled = frames[random.permutation(200)].astype(np.float32)
        low += p_value(Pool(shuffled, np.arange(200) < 100, None), seed) <= 0.05
    assert low <= 6


@pytest.mark.parametrize("times", [2, 3, 20])
@pytest.mark.parametrize("real", [10, 60, 110])
def test_equal_images_split_at_random_are_no_copies(times: int, real: int) -> None:
    low = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        images = np.repeat(random.standard_normal((120 // times, 8)), times, axis=0)
        shuffled = images[random.permutation(120)].astype(np.float32)
        low += p_value(Pool(shuffled, np.arange(120) < real, None), seed) <= 0.05
    assert low <= 9


def test_copies_are_found_also_where_both_sides_have_equal_images_of_their_own() -> None:
    for seed in range(5):
        pool = two_sides(seed)
        for first in (30, 33, 36, 200, 203, 206):
            pool.vectors[first : first + 3] = pool.vectors[first]
        pool.vectors[150:180] = pool.vectors[:30]
        assert p_value(pool) < 0.01


def test_equal_images_of_one_group_are_no_pair_and_those_of_two_are() -> None:
    # Clusters that are larger than the lists, of points whose groups are left out of these.
    images = np.repeat(np.random.default_rng(0).standard_normal((20, 8)), 30, axis=0)
    groups = np.repeat(np.arange(40), 15)
    real = np.isin(np.arange(40), np.arange(0, 40, 2))
    assert p_value(Pool(images.astype(np.float32), real[groups], groups)) < 0.01
    alone = np.repeat(np.arange(20), 30)
    assert p_value(Pool(images.astype(np.float32), alone < 10, alone)) > 0.05


def test_frames_of_one_group_are_no_pair() -> None:
    clips = np.repeat(np.random.default_rng(0).standard_normal((40, 8)), 5, axis=0)
    groups = np.repeat(np.arange(40), 5)
    pool = Pool(clips.astype(np.float32), groups < 20, groups)
    assert p_value(pool) > 0.05


@pytest.mark.parametrize("tightness", [0.2, 1.0])
def test_clips_on_one_side_only_are_no_copies(tightness: float) -> None:
    low = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        sizes = np.repeat([20, 1], [30, 200])
        groups = np.repeat(np.arange(230), sizes)
        points = random.standard_normal((230, 8))[groups]
        points += tightness * random.standard_normal((len(groups), 8))
        low += p_value(Pool(points.astype(np.float32), groups < 30, groups), seed) <= 0.05
    assert low <= 6


def test_copies_are_found_among_groups_of_two_sizes() -> None:
    for seed in range(5):
        random = np.random.default_rng(seed)
        groups = np.repeat(np.arange(160), np.repeat([1, 2, 1], [80, 20, 60]))
        points = random.standard_normal((160, 16))[groups]
        points[-30:] = points[:30]
        assert p_value(Pool(points.astype(np.float32), groups < 80, groups), seed) < 0.01


def test_too_few_pairs_tell_nothing() -> None:
    assert p_value(Pool(np.zeros((6, 2), np.float32), np.arange(6) < 3, None)) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("real", "synthetic"), [(60, 60), (20, 200), (200, 20)])
def test_false_alarms_are_as_rare_as_promised(real: int, synthetic: int) -> None:
    draws = 400
    alarms = []
    for seed in range(draws):
        points = np.random.default_rng(seed).standard_normal((real + synthetic, 16))
        pool = Pool(points.astype(np.float32), np.arange(real + synthetic) < real, None)
        alarms.append(p_value(pool, seed) <= 0.05)
    assert np.mean(alarms) - 0.05 < 3.5 * np.sqrt(0.05 * 0.95 / draws)
