from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.half import half_score


def test_half_of_a_smooth_difference_scores_nearer_to_one() -> None:
    random = np.random.default_rng(0)
    points = random.standard_normal((1_200, 16)).astype(np.float32)
    points[600:] += 0.6
    is_real = np.arange(1_200) < 600
    whole = directed_score(graph_of(ts.self_knn(points, 10)), ~is_real)

    half = half_score(Pool(points, is_real, None), 10, seed=0)

    assert half is not None
    assert whole < half < 1.0


@pytest.mark.parametrize("units", [2, 3])
def test_sides_of_fewer_than_four_are_not_halved(units: int) -> None:
    points = np.random.default_rng(1).standard_normal((2 * units, 3)).astype(np.float32)

    assert half_score(Pool(points, np.arange(2 * units) < units, None), 1, seed=0) is None
