"""Closeness of a stream is that of all its images, however they came."""

from __future__ import annotations

import json

import numpy as np
import pytest

import twinscore as ts


@pytest.fixture(scope="module")
def sides() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 40, 8)).astype(np.float32)
    return real, synthetic + np.float32(9.0)


def test_it_is_that_of_a_score_of_all_images(sides: tuple[np.ndarray, np.ndarray]) -> None:
    real, synthetic = sides
    scorer = ts.StreamingScorer(real)
    for batch in np.array_split(synthetic, 3):
        scorer.update(batch)
    found, whole = scorer.result(), ts.score(real, synthetic, diagnostics=False)
    assert found.score == whole.score == 0.0
    assert found.closeness is not None
    assert whole.closeness is not None
    assert found.closeness.value == pytest.approx(whole.closeness.value, rel=1e-9)
    assert found.closeness.interval == pytest.approx(whole.closeness.interval, rel=1e-9)
    assert json.loads(found.to_json())["closeness"]["value"] == found.closeness.value


def test_groups_count_as_one(sides: tuple[np.ndarray, np.ndarray]) -> None:
    real, synthetic = sides
    scorer = ts.StreamingScorer(real, capacity=200)
    scorer.update(np.repeat(synthetic, 3, axis=0), groups=[f"clip {n // 3}" for n in range(120)])
    alone = ts.StreamingScorer(real)
    alone.update(synthetic)
    found, single = scorer.result().closeness, alone.result().closeness
    assert found is not None
    assert single is not None
    assert found.value == pytest.approx(single.value, rel=1e-6)


def test_a_sample_of_the_images_tells_it_of_all(sides: tuple[np.ndarray, np.ndarray]) -> None:
    sampled = ts.score(*sides, precision=0.1)
    whole = ts.score(*sides, diagnostics=False)
    assert sampled.closeness == whole.closeness
