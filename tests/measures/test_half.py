from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.half import half_score
from twinscore.neighbors.settings import SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import PointMatrix
    from twinscore.neighbors.records import Neighbors


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


def test_fewer_halves_are_looked_at_the_larger_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(2).standard_normal((400, 4)).astype(np.float32)
    pool = Pool(points, np.arange(400) < 150, None)
    halves: list[int] = []

    whole = SearchSettings.self_knn

    def counted(self: SearchSettings, points: PointMatrix, k: int) -> Neighbors:
        halves.append(len(points))
        return whole(self, points, k)

    monkeypatch.setattr(SearchSettings, "self_knn", counted)

    for enough in (10_000, 401, 400, 1):
        monkeypatch.setattr("twinscore.measures.half.ENOUGH", enough)
        half_score(pool, 1, seed=0)
        halves.append(0)

    assert halves == [200] * 4 + [0] + [200] * 3 + [0] + [200] * 2 + [0] + [200, 0]
