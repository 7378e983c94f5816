"""The table of cases in docs/statistics.md, row by row."""

from __future__ import annotations

import dataclasses
import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from rich.console import Console

import twinscore as ts
from scored import score_all, score_sample
from twinscore.measures.judge import Judge
from twinscore.measures.spread import Spread
from twinscore.report.terminal.sample import print_sampled_summary
from twinscore.report.terminal.summary import print_summary
from twinscore.scoring.card import card
from twinscore.scoring.verdict import Case, Evidence

Points = npt.NDArray[np.float32]

GUESSING = Judge(0.51, (0.46, 0.56), 0.4)
KEEN = Judge(0.93, (0.90, 0.95), 0.002)

MIXED = Evidence(
    score=0.97,
    overlap=0.94,
    null_interval=(0.8, 1.2),
    reverse_score=1.02,
    low_score=0.4,
    pair=0.5,
    copies=1.0,
    judge=GUESSING,
    spread=Spread(1.01, 0.6),
)

ROWS: list[tuple[dict[str, Any], Case, str]] = [
    ({}, Case.NO_DIFFERENCE, "No difference found, by neighbors or by a judge"),
    ({"null_interval": (-0.1, 2.1)}, Case.TOO_FEW, "a perfect twin would score 0.00 to 2.10"),
    (
        {"score": 0.0, "low_score": 0.03, "pair": 0.03, "units": (4, 4)},
        Case.TOO_FEW,
        "Too few images to tell",
    ),
    ({"units": (5, 5)}, Case.NO_DIFFERENCE, "No difference found"),
    (
        {"score": 0.5, "reverse_score": 0.6, "overlap": 0.33, "low_score": 1e-4},
        Case.TOLD_APART,
        "Told apart: about 33% of the synthetic images could pass for real ones.",
    ),
    (
        {"score": 0.5, "overlap": 0.33, "low_score": 1e-4, "judge": KEEN},
        Case.TOLD_APART,
        "Told apart: about 14% of the synthetic images could pass for real ones; "
        "a judge is right on 93% of images.",
    ),
    (
        {"score": 0.01, "reverse_score": 0.02, "overlap": 0.01, "pair": 1e-4},
        Case.NOTHING_PASSES,
        "almost every synthetic image can be told from the real ones",
    ),
    ({"judge": KEEN}, Case.PARTLY, "neighbors look mixed, but a judge is right on 93% of images"),
    (
        {"score": 0.0, "reverse_score": 0.0, "null_interval": (-0.4, 2.4), "judge": KEEN},
        Case.PARTLY,
        "Partly told apart: too few images for neighbors, but a judge is right on 93%",
    ),
    ({"score": 1.16, "reverse_score": 0.78, "pair": 1e-4}, Case.WIDER, "Wider than reality"),
    ({"score": 0.4, "reverse_score": 1.4, "pair": 1e-4}, Case.NARROWER, "Narrower than reality"),
    ({"score": 1.9, "reverse_score": 1.9, "pair": 1e-4}, Case.COPIES, "look for copies"),
    ({"copies": 1e-5}, Case.COPIES, "look for copies"),
    (
        {"score": 1.7, "reverse_score": 0.8, "pair": 1e-4, "spread": Spread(0.94, 0.001)},
        Case.COPIES,
        "look for copies",
    ),
    (
        {"score": 0.4, "reverse_score": 1.4, "pair": 1e-4, "spread": Spread(1.06, 0.001)},
        Case.TOLD_APART,
        "could pass",
    ),
    ({"spread": Spread(1.03, 0.001)}, Case.WIDER, "Wider than reality"),
    ({"spread": Spread(0.97, 0.001)}, Case.NARROWER, "Narrower than reality"),
    ({"spread": Spread(0.8, 0.001), "judge": KEEN}, Case.PARTLY, "a judge is right on 93%"),
    (
        {"score": 0.8, "reverse_score": 1.1, "overlap": 0.7, "pair": 1e-4, "judge": KEEN},
        Case.TOLD_APART,
        "about 14% of the synthetic images could pass",
    ),
    ({"hub_labels": 2.3}, Case.NO_DIFFERENCE, "Unreliable: hubs. No difference found"),
    (
        {"score": 1.6, "reverse_score": None, "pair": None, "low_score": 1.0},
        Case.TOO_HIGH,
        "Higher than a perfect twin",
    ),
]


@pytest.mark.parametrize(("fields", "case", "words"), ROWS)
def test_each_row_of_the_table(fields: dict[str, Any], case: Case, words: str) -> None:
    evidence = dataclasses.replace(MIXED, **fields)

    assert evidence.case is case
    assert words in evidence.sentence


def test_few_groups_that_no_test_can_tell_apart_are_not_said_to_be_alike() -> None:
    real, synthetic = np.random.default_rng(0).standard_normal((2, 40, 8)).astype(np.float32)
    clips = np.arange(40) // 10
    result = score_all(real, synthetic + 50.0, real_groups=clips, synthetic_groups=clips)
    assert result.score == 0.0
    assert result.verdict.startswith("Too few images to tell")


def scenes(seed: int) -> Points:
    """Two sides of images of scenes, drawn alike."""
    random = np.random.default_rng(seed)
    drawn = 2.0 * random.standard_normal((12, 60))[random.integers(12, size=300)]
    return (drawn + random.standard_normal((300, 60))).astype(np.float32)


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ("none", {Case.NO_DIFFERENCE}),
        ("wider", {Case.WIDER}),
        ("narrower", {Case.NARROWER}),
        ("copies", {Case.COPIES}),
        ("same scenes", {Case.COPIES}),
        ("elsewhere", {Case.TOLD_APART, Case.PARTLY}),
    ],
)
def test_what_was_done_to_one_side_is_what_the_verdict_names(change: str, cases: set[Case]) -> None:
    named = 0
    for seed in range(3):
        drawn = scenes(seed)
        real, synthetic, center = drawn[:150], drawn[150:], drawn.mean(axis=0)
        if change in ("wider", "narrower"):
            times = np.float32(1.15 if change == "wider" else 1.0 / 1.15)
            synthetic = center + times * (synthetic - center)
        elif change == "copies":
            synthetic[:25] = real[:25]
        elif change == "same scenes":
            synthetic = real + np.float32(0.1)
        elif change == "elsewhere":
            synthetic = synthetic + np.float32(0.4)
        named += score_all(real, synthetic, diagnostics=False).evidence.case in cases
    assert named >= 2


def test_one_p_value_a_little_below_a_twentieth_is_no_difference_yet() -> None:
    assert dataclasses.replace(MIXED, low_score=0.03).case is Case.NO_DIFFERENCE


def test_no_more_images_pass_than_the_judge_lets_pass() -> None:
    keen = dataclasses.replace(MIXED, score=0.88, low_score=1e-4, judge=Judge(0.998, (1, 1), 0.002))

    assert "about 0% of the synthetic images could pass" in keen.sentence


def printed(result: ts.ScoreResult | ts.SampledResult) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=200, highlight=False)
    if isinstance(result, ts.ScoreResult):
        print_summary(result, console)
    else:
        print_sampled_summary(result, console)
    return stream.getvalue()


@pytest.mark.parametrize("shift", [0.0, 0.5, 40.0])
def test_terminal_card_and_json_say_the_same(shift: float) -> None:
    real, synthetic = np.random.default_rng(0).standard_normal((2, 80, 4)).astype(np.float32)
    for result in (
        score_all(real, synthetic + np.float32(shift), diagnostics=False),
        score_sample(real, synthetic + np.float32(shift), precision=0.01),
    ):
        assert result.verdict in printed(result)
        assert f"<b>{result.verdict}</b>" in card(result)
        assert json.loads(result.to_json())["verdict"] == result.verdict
