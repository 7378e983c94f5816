"""The quick form beside a score: in a share of its time, and never in its way."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from twinscore.embedding.network.embedder import Embedder
from twinscore.report.first_screen import findings_of
from twinscore.scoring.explanation import quick
from twinscore.scoring.explanation.quick import explained_quickly
from twinscore.scoring.explanation.records import Figures, Harmless

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COUNT = 60


@pytest.fixture
def result(save_model: Callable[..., Path]) -> ts.ScoreResult:
    """Renders that are warmer than photographs, in the eyes of a network that sees colours."""
    random = np.random.default_rng(0)
    sides = []
    for gain in ((1.0, 1.0, 1.0), (1.15, 1.0, 0.87)):
        scenes = random.integers(60, 140, (COUNT, 6, 8, 3))
        tones = scenes + random.normal(0.0, 4.0, (COUNT, 1, 1, 3))
        pixels = np.clip(np.rint(tones * np.array(gain)), 0, 255).astype(np.uint8)
        sides.append([Image.fromarray(image).resize((64, 48)) for image in pixels])
    real, synthetic = sides
    scored = ts.score(
        real, synthetic, model=Embedder(save_model(shape=("n", 3, 48, 48))), richness=False
    )
    assert isinstance(scored, ts.ScoreResult)
    return scored


def test_few_images_leave_time_for_the_facts_only(result: ts.ScoreResult) -> None:
    explanation = explained_quickly(result).explanation
    assert explanation is not None
    assert explanation.repairs == ()
    assert "warmth" in {gap.fact for gap in explanation.facts if gap.beyond_chance}
    assert "twinscore explain measures" in explanation.rest


def test_more_images_leave_time_for_the_best_repair(
    result: ts.ScoreResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "ALLOWED", 4.0)
    slow = dataclasses.replace(result, seconds={"embedding": 900.0})
    explained = explained_quickly(slow)
    assert explained.seconds["explanation"] > 0.0
    assert explained.explanation is not None
    (repair,) = explained.explanation.repairs
    assert repair.fact == "warmth"
    assert any(line.startswith("Fix first: renders are warmer") for line in findings_of(explained))
    assert explained.to_dict()["explanation"]["repairs"][0]["fact"] == "warmth"


def test_a_gap_that_nothing_closes_is_told_with_what_differs_and_who_tries_more(
    result: ts.ScoreResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "No cure by itself: renders are brighter than photographs."
    found = ts.Explanation(
        repairs=(),
        harmless=(Harmless("brightness", 80.0, 90.0, sentence),),
        facts=(),
        figures=Figures(0.1, (0.0, 0.3), 0.1, 0.9),
        images=(60, 60),
        rest="",
        interrupted=False,
    )
    monkeypatch.setattr(quick, "explain", lambda *_arguments, **_options: found)
    monkeypatch.setattr(quick, "ALLOWED", 4.0)
    (line,) = (line for line in findings_of(explained_quickly(result)) if sentence in line)
    assert line == f"{sentence} {quick.NONE_YET}"
    assert "twinscore explain" in line


def test_embeddings_are_not_explained(result: ts.ScoreResult) -> None:
    assert result.pool is not None
    points = ts.score(
        result.pool.real.vectors, result.pool.synthetic.vectors, richness=False, diagnostics=False
    )
    assert explained_quickly(points).explanation is None


@pytest.mark.parametrize("scored", [120, 600, 1_000, 4_000, 100_000])
def test_images_are_as_many_as_the_share_of_the_run_pays_for(
    result: ts.ScoreResult, scored: int
) -> None:
    many = dataclasses.replace(result, n_real=scored // 2, n_synthetic=scored // 2)
    images = quick.affordable_images(many)
    assert images == 0 or quick.FEWEST <= images <= quick.MOST
    # Three facts on 24 images, one scored on all, and its control.
    least = 3 * 24 + images - 24 + 24
    assert images == 0 or least <= quick.ALLOWED * scored
    assert (images == quick.MOST) == (scored >= 4_000)
