"""Points that streams are made of, and the score that they should have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scored import score_all

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix
    from twinscore.scoring.result import ScoreResult


def batch_score(real: FloatMatrix, synthetic: FloatMatrix, k: int = 1) -> ScoreResult:
    return score_all(real, synthetic, k, diagnostics=False)


def grid_points(seed: int, count: int, columns: int = 3, most: int = 6) -> FloatMatrix:
    """Points on a coarse grid: full of ties and duplicates."""
    return np.random.default_rng(seed).integers(0, most, (count, columns)).astype(np.float32)


def gaussian_points(seed: int, count: int, columns: int = 4, shift: float = 0.0) -> FloatMatrix:
    points = np.random.default_rng(seed).standard_normal((count, columns)) + shift
    return points.astype(np.float32)
