"""What is said beside a score that ends, says nothing more, or contradicts its reverse."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scored import score_all
from twinscore.comparison.closeness_difference import closeness_difference
from twinscore.measures.closeness import Closeness
from twinscore.report.first_screen import findings_of, indistinguishability
from twinscore.report.score_range import closeness_change, closeness_text

if TYPE_CHECKING:
    import twinscore as ts


@pytest.fixture(scope="module")
def found() -> ts.ScoreResult:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 60, 4)).astype(np.float32)
    return score_all(real, synthetic + 1, diagnostics=False)


CLOSE = Closeness(0.8123, (0.7901, 0.8345), (0.991, 1.004), 0.0025)


def scoring(result: ts.ScoreResult, score: float) -> ts.ScoreResult:
    return dataclasses.replace(result, score=score, closeness=CLOSE)


def test_closeness_stands_on_the_line_of_a_score_at_its_floor_alone(
    found: ts.ScoreResult,
) -> None:
    assert indistinguishability(scoring(found, 0.02)).remark == "at its floor; closeness 0.81"
    assert "closeness" not in indistinguishability(scoring(found, 0.3)).remark


def test_at_the_floor_the_figures_that_still_move_are_named(found: ts.ScoreResult) -> None:
    said = findings_of(scoring(found, 0.02))
    assert any(line.startswith("Closeness 0.81 (perfect: 0.99 to 1.00)") for line in said)
    assert not any("move" in line for line in findings_of(scoring(found, 0.3)))


def test_on_the_plateau_the_score_points_to_what_tells_more(found: ts.ScoreResult) -> None:
    line = next(line for line in findings_of(scoring(found, 0.8)) if line.startswith("From 0.7"))
    assert "richness" in line
    assert "--label-by" in line
    assert "--domain" in line


def test_a_reverse_score_far_from_the_score_is_named(found: ts.ScoreResult) -> None:
    below = dataclasses.replace(found, score=0.7, reverse_score=0.08)
    assert any("0.08, far below" in line for line in findings_of(below))
    above = dataclasses.replace(found, score=0.1, reverse_score=0.6)
    assert any("0.60, far above" in line for line in findings_of(above))


def test_closeness_has_as_many_digits_as_its_ranges_let_be_read() -> None:
    assert closeness_text(CLOSE) == "0.81 (0.79 to 0.83, perfect: 0.99 to 1.00)"
    sure = Closeness(0.9012, (0.9004, 0.9019), (0.9994, 1.0004), 0.0025)
    assert closeness_text(sure) == "0.9012 (0.9004 to 0.9019, perfect: 0.9994 to 1.0004)"


def test_two_sets_are_compared_by_their_closeness_and_what_chance_does() -> None:
    saved = [
        {"value": value, "interval": [value - 0.01, value + 0.01]} for value in (0.8, 0.85, 0.805)
    ]
    change = closeness_difference(saved[0], saved[1])
    assert change is not None
    assert closeness_change(change) == (
        "Closeness 0.800 before, 0.850 now: +0.050 (+0.036 to +0.064)"
    )
    within = closeness_difference(saved[0], saved[2])
    assert within is not None
    assert closeness_change(within).endswith("within chance")
    assert closeness_difference(saved[0], None) is None
