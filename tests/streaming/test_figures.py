"""What a stream says of its own score."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from scored import score_all
from stream_points import batch_score, gaussian_points


def streamed(real: np.ndarray, synthetic: np.ndarray) -> ts.StreamResult:
    scorer = ts.StreamingScorer(real)
    scorer.update(synthetic)
    return scorer.result()


def test_a_stream_of_copies_says_that_its_overlap_means_nothing() -> None:
    real = gaussian_points(0, 80, 12)
    found = streamed(real, real + np.float32(1e-3))
    assert found.overlap > 1.5
    assert any("overlap above 1 by far" in note for note in found.warnings)
    assert found.verdict.startswith("Nearer than a perfect twin")


@pytest.mark.parametrize("times", [1.0, 1.4])
def test_spread_and_hubness_are_those_of_the_batch(times: float) -> None:
    real, synthetic = gaussian_points(1, 120, 30), gaussian_points(2, 120, 30) * np.float32(times)
    found, batch = streamed(real, synthetic), batch_score(real, synthetic)
    assert found.spread == batch.spread
    assert found.hubness == batch.hubness
    assert (found.spread.p_value < 0.05) is (times > 1.0)


def test_hubs_are_told_in_stream_and_batch_alike() -> None:
    random = np.random.default_rng(3)
    drawn = random.standard_normal((450, 256))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    drawn *= np.exp(random.standard_normal((450, 1)))
    sides = drawn[:30].astype(np.float32), drawn[30:].astype(np.float32)
    for found in (streamed(*sides), batch_score(*sides)):
        assert found.verdict.startswith("Unreliable: hubs.")
        assert any("unreliable: hubs" in note for note in found.warnings)


def test_few_images_are_no_hubs() -> None:
    found = streamed(gaussian_points(4, 5), gaussian_points(5, 6))
    assert found.verdict.startswith("Too few images to tell")


def test_the_verdict_is_in_the_line_of_json() -> None:
    found = streamed(gaussian_points(6, 30), gaussian_points(7, 30))
    assert found.to_dict()["verdict"] == found.verdict


@pytest.mark.parametrize("k", [1, 3])
def test_the_first_images_of_a_stream_raise_no_more_false_alarms_than_promised(k: int) -> None:
    draws, alarms = 150, 0
    for seed in range(draws):
        real, synthetic = gaussian_points(2 * seed, 100), gaussian_points(2 * seed + 1, 4)
        scorer = ts.StreamingScorer(real, k, threads=1)
        scorer.update(synthetic)
        alarms += scorer.result().evidence.p_value <= 0.05
    assert alarms / draws - 0.05 < 2.0 * np.sqrt(0.05 * 0.95 / draws)


def test_few_images_are_relabelled_as_in_the_batch() -> None:
    real, synthetic = gaussian_points(8, 60), gaussian_points(9, 20) + np.float32(0.4)
    found, batch = streamed(real, synthetic), batch_score(real, synthetic)
    assert found.edge_count.statistic == batch.edge_count.statistic
    assert found.p_value == pytest.approx(batch.p_value, abs=0.03)
    assert found.edge_count.p_value == pytest.approx(batch.edge_count.p_value, abs=0.03)


def test_chance_is_that_of_the_batch_where_one_side_comes_in_clips() -> None:
    random = np.random.default_rng(0)
    clips = np.repeat(random.standard_normal((60, 8)), 10, axis=0)
    real = (clips + 0.3 * random.standard_normal((600, 8))).astype(np.float32)
    synthetic, labels = gaussian_points(1, 70, 8), np.arange(600) // 10
    scorer = ts.StreamingScorer(real, groups=labels, threads=1)
    scorer.update(synthetic)
    found = scorer.result()
    batch = score_all(real, synthetic, real_groups=labels, diagnostics=False)
    assert (found.z, found.null_interval) == (batch.z, batch.null_interval)
