"""Where the score alone says enough, and when its reverse is named."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scored import score_all
from twinscore.scoring.score_range import (
    Directions,
    directions_of,
    is_at_floor,
    is_on_plateau,
)

if TYPE_CHECKING:
    import twinscore as ts


@pytest.fixture(scope="module")
def apart() -> ts.ScoreResult:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 60, 4)).astype(np.float32)
    return score_all(real, synthetic + 3, diagnostics=False)


def directions(result: ts.ScoreResult, score: float, reverse: float) -> Directions:
    return directions_of(dataclasses.replace(result, score=score, reverse_score=reverse))


def test_the_floor_ends_below_a_tenth_and_the_plateau_begins_at_seven() -> None:
    assert is_at_floor(0.09)
    assert not is_at_floor(0.1)
    assert is_on_plateau(0.7)
    assert not is_on_plateau(0.69)


def test_a_reverse_score_far_from_the_score_is_named_with_its_side(apart: ts.ScoreResult) -> None:
    assert directions(apart, 0.7, 0.1) is Directions.REVERSE_BELOW
    assert directions(apart, 0.1, 0.6) is Directions.REVERSE_ABOVE


@pytest.mark.parametrize(("score", "reverse"), [(0.02, 0.1), (0.7, 0.4), (0.5, 0.5), (0.0, 0.0)])
def test_what_chance_or_twice_as_much_may_do_is_not_named(
    apart: ts.ScoreResult, score: float, reverse: float
) -> None:
    assert directions(apart, score, reverse) is Directions.ALIKE


def test_few_images_move_both_so_much_that_nothing_is_named(apart: ts.ScoreResult) -> None:
    few = dataclasses.replace(apart, null_interval=(0.3, 1.7))
    assert directions(few, 0.7, 0.1) is Directions.ALIKE


def test_a_verdict_of_wider_says_it_already(apart: ts.ScoreResult) -> None:
    judge = dataclasses.replace(apart.judge, accuracy=0.6)
    wider = dataclasses.replace(apart, judge=judge)
    assert directions(wider, 1.3, 0.1) is Directions.ALIKE
