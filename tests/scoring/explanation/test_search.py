"""The search for repairs: how much it may embed, and what it ranks by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import twinscore as ts
from twinscore.embedding.network.embedder import Embedder
from twinscore.images.alterations.catalog import ALTERATIONS, Step
from twinscore.measures.fact_gaps import FactGap
from twinscore.scoring.explanation import effort
from twinscore.scoring.explanation.calibration import altered_side, closing_place
from twinscore.scoring.explanation.effort import Effort, images_allowed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COUNT = 48


@pytest.fixture
def embedder(save_model: Callable[..., Path]) -> Embedder:
    """Sees the mean of each channel and nothing else."""
    return Embedder(save_model(shape=("n", 3, 64, 64)))


def scenes(seed: int, gain: tuple[float, float, float]) -> list[Image.Image]:
    random = np.random.default_rng(seed)
    made = []
    for _ in range(COUNT):
        tones = random.integers(60, 140, (6, 8, 3)) + random.normal(0.0, 4.0, 3)
        pixels = np.clip(np.rint(tones * np.array(gain)), 0, 255).astype(np.uint8)
        made.append(Image.fromarray(pixels).resize((96, 64), Image.Resampling.BICUBIC))
    return made


def test_no_more_images_are_embedded_than_are_allowed(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = ts.score(
        scenes(0, (1.0, 1.0, 1.0)),
        scenes(1, (1.15, 1.0, 0.87)),
        model=embedder,
        diagnostics=False,
    )
    embedded = 0
    embed_items = Embedder.embed_items

    def counting(self: Embedder, items: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal embedded
        embedded += len(items)
        return embed_items(self, items, *arguments, **options)

    monkeypatch.setattr(Embedder, "embed_items", counting)
    monkeypatch.setattr(effort, "FEWEST_EMBEDDED", 0)
    explanation = ts.explain(result, embedder=embedder)
    assert explanation.repairs[0].fact == "warmth"
    assert 0 < embedded <= effort.TIMES * 2 * COUNT
    assert not explanation.interrupted


def test_effort_is_counted_in_images_of_the_score_and_never_below_the_fewest() -> None:
    large, small = Effort(images_allowed(4_000), 0.5), Effort(images_allowed(10), 0.5)
    assert large.allows(7_200)
    assert not large.allows(7_201)
    assert small.allows(effort.FEWEST_EMBEDDED)
    large.spend(7_199)
    assert large.allows(1)
    assert not large.allows(2)


def test_altering_counts_by_the_pixels_it_takes() -> None:
    steps = (Step("sharpness", 1.0), Step("warmth", 0.1))
    small, large = Effort(1.0, 0.1), Effort(1.0, 1.0)
    assert small.to_embed(10, ()) == large.to_embed(10, ()) == 10.0
    altering = large.to_embed(10, steps) - 10.0
    assert altering == pytest.approx(10.0 * (small.to_embed(10, steps) - 10.0))
    assert altering == pytest.approx(
        10.0 * (ALTERATIONS["sharpness"].work + ALTERATIONS["warmth"].work)
    )
    for steps_before in ((), steps):
        assert large.to_calibrate("sharpness", steps_before) > large.to_calibrate(
            "brightness", steps_before
        )


@given(power=st.floats(0.5, 4.0), reach=st.floats(0.2, 0.95))
def test_strengths_are_found_in_five_trials(power: float, reach: float) -> None:
    tried: list[float] = []

    def share_closed(place: float) -> float:
        tried.append(place)
        # Less than the power at great strengths: facts have an end.
        return float(np.tanh((place / reach) ** power) / np.tanh(1.0))

    found = closing_place(share_closed)
    assert len(tried) <= effort.STRENGTHS
    assert abs(share_closed(found) - 1.0) < 0.25


@given(slope=st.floats(-3.0, -0.1))
def test_a_strength_that_moves_a_fact_away_is_none(slope: float) -> None:
    assert closing_place(lambda place: slope * place) == 0.0


@pytest.mark.parametrize("fact", ["brightness", "contrast", "saturation"])
@pytest.mark.parametrize("synthetic", [10.0, 30.0])
def test_tones_of_photographs_are_altered_so_that_renders_are_never_stretched(
    fact: str, synthetic: float
) -> None:
    gap = FactGap(fact, 0.1, (0.0, 0.2), 0.0, 0.0, True, 20.0, synthetic)
    assert altered_side(ALTERATIONS[fact], gap) == "real"


@pytest.mark.parametrize(
    ("fact", "synthetic", "side"),
    [
        ("sharpness", 10.0, "real"),
        ("sharpness", 30.0, "synthetic"),
        ("noise", 10.0, "synthetic"),
        ("noise", 30.0, "real"),
        ("warmth", 10.0, "synthetic"),
        ("warmth", 30.0, "synthetic"),
    ],
)
def test_the_side_that_lost_less_is_altered(fact: str, synthetic: float, side: str) -> None:
    gap = FactGap(fact, 0.1, (0.0, 0.2), 0.0, 0.0, True, 20.0, synthetic)
    assert altered_side(ALTERATIONS[fact], gap) == side
