"""What goes with the judge's verdict: what was put in, and nothing by chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from twinscore.measures.judge_view import judge_clues

COUNT = 120


@pytest.fixture
def verdicts() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(0).random(COUNT)


def test_a_fact_that_goes_with_the_verdict_is_named_by_its_rank_correlation(
    verdicts: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    random = np.random.default_rng(1)
    noise = (verdicts + random.normal(0.0, 0.2, COUNT)).astype(np.float32)
    noise[:5] = np.nan
    other = random.random(COUNT).astype(np.float32)
    (clue,) = judge_clues(verdicts, np.arange(COUNT), {"noise": noise, "tint": other}, {})
    assert (clue.kind, clue.name, clue.images) == ("fact", "noise", COUNT - 5)
    expected = stats.spearmanr(noise[5:], verdicts[5:]).statistic
    assert clue.strength == pytest.approx(expected)


def test_a_value_of_a_column_is_named_with_how_often_it_looks_more_synthetic(
    verdicts: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    rain = verdicts > 0.7
    weather = ["rain" if wet else "sun" for wet in rain]
    clues = judge_clues(verdicts, np.arange(COUNT), {}, {"weather": weather})
    by_value = {clue.value: clue for clue in clues}
    assert by_value["rain"].strength == pytest.approx(1.0)
    assert by_value["sun"].strength == pytest.approx(-1.0)
    assert by_value["rain"].images == rain.sum()


def test_look_alikes_are_a_kind_of_their_own(
    verdicts: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    kinds = ["a.png" if value > 0.8 else None for value in verdicts]
    (clue,) = judge_clues(verdicts, np.arange(COUNT), {}, {}, kinds)
    assert (clue.kind, clue.value) == ("alike", "a.png")


def test_a_column_of_the_users_keeps_its_own_name(
    verdicts: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    values = ["low" if value > 0.8 else None for value in verdicts]
    for column in ("noise", "kind"):
        (clue,) = judge_clues(verdicts, np.arange(COUNT), {}, {column: values})
        assert (clue.kind, clue.name, clue.value) == ("column", column, "low")


def test_frames_of_few_clips_are_no_evidence() -> None:
    clips = np.random.default_rng(2).random(6)
    verdicts, units = np.repeat(clips, 20), np.repeat(np.arange(6), 20)
    facts = {"noise": verdicts.astype(np.float32)}
    assert judge_clues(verdicts, units, facts, {}) == ()


def test_chance_alone_names_nothing() -> None:
    random = np.random.default_rng(3)
    named = 0
    for _ in range(60):
        verdicts = random.random(COUNT)
        facts = {str(place): random.random(COUNT).astype(np.float32) for place in range(10)}
        columns = {"scene": [str(value) for value in random.integers(0, 5, COUNT)]}
        named += bool(judge_clues(verdicts, np.arange(COUNT), facts, columns))
    assert named <= 8
