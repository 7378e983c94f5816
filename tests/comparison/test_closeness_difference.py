"""Which of two sets lies closer to the real images, where neither fools a neighbor."""

from __future__ import annotations

import numpy as np

import twinscore as ts
from twinscore.comparison.closeness_difference import closeness_difference


def sides() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    real, far, near = random.standard_normal((3, 60, 16)).astype(np.float32)
    far[:, 0] += 30.0
    near[:, 0] += 15.0
    return real, far, near


def test_sets_at_the_floor_of_the_score_are_told_apart_by_closeness() -> None:
    real, far, near = sides()
    compared = ts.compare(real, far, near, diagnostics=False, richness=False)
    found = compared.comparison.closeness
    assert compared.first.score == compared.second.score == 0.0
    assert found is not None
    assert found.difference == found.second - found.first > 0.0
    assert found.interval[0] > 0.0
    assert found.is_beyond_chance
    assert compared.comparison.to_dict()["closeness"]["difference"] == found.difference


def test_sets_drawn_alike_are_not() -> None:
    real, far, _ = sides()
    again = np.random.default_rng(1).standard_normal(far.shape).astype(np.float32)
    again[:, 0] += 30.0
    found = ts.compare(real, far, again, diagnostics=False, richness=False).comparison.closeness
    assert found is not None
    assert found.interval[0] < 0.0 < found.interval[1]
    assert not found.is_beyond_chance


def test_a_result_without_closeness_such_as_an_older_one_tells_no_difference() -> None:
    assert closeness_difference(None, {"value": 0.5, "interval": [0.4, 0.6]}) is None
