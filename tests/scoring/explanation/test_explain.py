"""What to fix first: the fault that was put in, and nothing where there is none."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from twinscore.embedding.network.embedder import Embedder
from twinscore.scoring.explanation import findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COUNT = 40


def photograph(random: np.random.Generator, gain: tuple[float, float, float]) -> Image.Image:
    """Return a scene under light that varies a little."""
    tones = random.integers(60, 140, (6, 8, 3)) + random.normal(0.0, 4.0, 3)
    pixels = np.clip(np.rint(tones * np.array(gain)), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).resize((96, 64), Image.Resampling.BICUBIC)


def side(seed: int, gain: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> list[Image.Image]:
    random = np.random.default_rng(seed)
    return [photograph(random, gain) for _ in range(COUNT)]


@pytest.fixture
def embedder(save_model: Callable[..., Path]) -> Embedder:
    """Sees the mean of each channel and nothing else."""
    return Embedder(save_model(shape=("n", 3, 64, 64)))


def explained(embedder: Embedder, synthetic: list[Image.Image], **options: Any) -> ts.Explanation:
    result = ts.score(side(0), synthetic, model=embedder, diagnostics=False)
    return ts.explain(result, embedder=embedder, **options)


def test_the_fault_that_was_put_in_is_named_first_and_its_repair_closes_the_gap(
    embedder: Embedder,
) -> None:
    explanation = explained(embedder, side(1, (1.15, 1.0, 0.87)))
    repair = explanation.repairs[0]
    assert repair.fact == "warmth"
    assert repair.before < 0.5
    assert repair.after > 0.75
    assert repair.gain[0] > 0.0
    assert not repair.control.destroys
    assert "warmer than photographs" in repair.sentence
    assert "kelvin" in repair.sentence
    assert "white balance cooler" in repair.sentence
    for sentence in explanation.sentences:
        assert not set("=%<>±\N{GREEK SMALL LETTER SIGMA}") & set(sentence)
    for earlier, later in pairwise(explanation.repairs):
        assert later.before == earlier.after
    again = explained(embedder, side(1, (1.15, 1.0, 0.87)))
    assert json.loads(explanation.to_json())["repairs"] == json.loads(again.to_json())["repairs"]


def test_nothing_is_named_where_nothing_is_wrong(embedder: Embedder) -> None:
    explanation = explained(embedder, side(1))
    assert explanation.repairs == ()
    assert explanation.harmless == ()
    assert "Nothing to fix" in explanation.rest


def test_a_difference_that_the_network_does_not_see_is_called_harmless(
    embedder: Embedder,
) -> None:
    def rippled(image: Image.Image) -> Image.Image:
        pixels = np.asarray(image).astype(np.int16)
        sign = np.indices(pixels.shape[:2]).sum(axis=0) % 2 * 2 - 1
        return Image.fromarray(np.clip(pixels + 12 * sign[:, :, None], 0, 255).astype(np.uint8))

    explanation = explained(embedder, [rippled(image) for image in side(1)])
    assert explanation.repairs == ()
    assert "noise" in {fact.fact for fact in explanation.harmless}
    assert all(fact.sentence.startswith("Harmless: ") for fact in explanation.harmless)


def test_look_alikes_that_give_renders_away_are_named_without_diagnostics(
    embedder: Embedder,
) -> None:
    warm = [
        image.point([min(int(1.6 * level), 255) for level in range(256)] * 3) for image in side(2)
    ]
    explanation = explained(embedder, [*side(1)[:25], *warm[:25]])
    alike = [clue for clue in explanation.judge if clue.kind == "alike"]
    assert alike
    assert alike[0].sentence.startswith("Renders like ")


def test_a_gain_that_may_be_chance_is_neither_a_repair_nor_called_harmless(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings.Trial, "is_repair", property(lambda _: False))
    monkeypatch.setattr(findings.Trial, "may_need_another", property(lambda _: False))
    explanation = explained(embedder, side(1, (1.15, 1.0, 0.87)))
    assert explanation.repairs == ()
    assert explanation.rest.startswith("Not sure: renders are warmer than photographs")
    assert "may be chance" in explanation.rest
    assert "warmth" not in {fact.fact for fact in explanation.harmless}


def test_ctrl_c_keeps_what_is_known(embedder: Embedder) -> None:
    def press(stage: str, _done: int, _total: int) -> None:
        if stage.startswith("Trying"):
            raise KeyboardInterrupt

    explanation = explained(embedder, side(1, (1.15, 1.0, 0.87)), progress=press)
    assert explanation.interrupted
    assert any(gap.beyond_chance for gap in explanation.facts)
    assert explanation.figures is not None


def test_a_time_that_is_over_leaves_the_facts(embedder: Embedder) -> None:
    explanation = explained(embedder, side(1, (1.15, 1.0, 0.87)), seconds=0.0)
    assert explanation.interrupted
    assert explanation.repairs == ()
    assert any(gap.beyond_chance for gap in explanation.facts)


def test_embeddings_without_images_are_refused() -> None:
    points = np.random.default_rng(0).normal(size=(2, 40, 4)).astype(np.float32)
    result = ts.score(points[0], points[1], diagnostics=False)
    with pytest.raises(ValueError, match="expected at least 20 real images that can be read"):
        ts.explain(result)


def test_another_model_is_refused(embedder: Embedder, save_model: Callable[..., Path]) -> None:
    result = ts.score(side(0), side(1), model=embedder, diagnostics=False)
    other = Embedder(save_model(shape=("n", 3, 64, 64), operator="Neg", name="other.onnx"))
    with pytest.raises(ValueError, match="expected the model of the result"):
        ts.explain(result, embedder=other)
