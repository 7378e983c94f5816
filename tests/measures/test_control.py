"""Real against real."""

from __future__ import annotations

import numpy as np
import pytest

from twinscore.graph.pool import Pool
from twinscore.measures.control import real_control


def pool(real: np.ndarray, groups: np.ndarray | None = None) -> Pool:
    vectors = np.concatenate([real, real[:4] + 99]).astype(np.float32)
    if groups is not None:
        groups = np.concatenate([groups, groups.max() + 1 + np.arange(4)])
    return Pool(vectors, np.arange(len(vectors)) < len(real), groups)


def test_random_halves_score_one_and_so_do_blocks_of_independent_images() -> None:
    control = real_control(pool(np.random.default_rng(0).standard_normal((400, 8))), 1, seed=0)
    assert control.score == pytest.approx(1.0, abs=0.02)
    assert 0.03 < control.spread < 0.15
    assert control.blocks_p_value > 0.01


def test_frames_in_order_give_themselves_away_until_they_are_grouped() -> None:
    random = np.random.default_rng(0)
    frames = np.repeat(random.standard_normal((100, 8)), 8, axis=0)
    frames += 0.01 * random.standard_normal(frames.shape)
    assert real_control(pool(frames), 1, seed=0).blocks_p_value == 0.001
    assert real_control(pool(frames), 1, seed=0).blocks_score < 0.3
    grouped = real_control(pool(frames, np.repeat(np.arange(100), 8)), 1, seed=0)
    assert grouped.blocks_p_value > 0.01
