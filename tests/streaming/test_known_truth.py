"""Streams far beyond capacity whose score and overlap are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from known_truth import Mixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.streaming import StreamResult

STREAMS = 500
GROUPED_STREAMS = 120


def results(stream: Mixture, streams: int) -> Iterator[StreamResult]:
    """Score streams whose images, or groups, come in random order, cut into seven batches."""
    size = stream.group_size
    for seed in range(streams):
        random = np.random.default_rng(seed)
        points, groups = stream.draw(random), stream.groups()
        real, grouped = stream.n_real * size, size > 1
        order = stream.n_real + random.permutation(stream.n_synthetic)
        synthetic = (order[:, None] * size + np.arange(size)).ravel()
        scorer = ts.StreamingScorer(
            points[:real], seed=seed, groups=groups[:real] if grouped else None
        )
        for batch in np.array_split(synthetic, 7):
            scorer.update(points[batch], groups=groups[batch] if grouped else None)
        result = scorer.result()
        assert (result.n_seen, result.n_kept) == (stream.n_synthetic * size, real)
        yield result


def shares_covered(
    found: list[StreamResult], kept: Mixture, stream: Mixture
) -> tuple[float, float, float]:
    """Tell how often the intervals of score, overlap and score at the ratio seen hold the truth."""
    covered = [
        [
            low <= truth <= high
            for truth, (low, high) in (
                (kept.score, result.interval),
                (kept.overlap, result.overlap_interval),
                (stream.score, result.seen_interval),
            )
        ]
        for result in found
    ]
    score, overlap, seen = np.mean(covered, axis=0).tolist()
    return score, overlap, seen


@pytest.mark.slow
@pytest.mark.parametrize("overlap", [0.3, 0.8])
def test_far_beyond_capacity_score_and_overlap_are_unbiased_and_intervals_cover(
    overlap: float,
) -> None:
    kept, stream = Mixture(1000, 1000, overlap), Mixture(1000, 10_000, overlap)
    found = list(results(stream, STREAMS))
    biases = (
        np.mean([result.score for result in found]) - kept.score,
        np.mean([result.overlap for result in found]) - overlap,
        np.mean([result.score_at_seen_ratio for result in found]) - stream.score,
    )
    covered = shares_covered(found, kept, stream)
    print(f"overlap {overlap}: biases {biases}, covered {covered}")
    assert abs(biases[0]) < 0.005
    assert abs(biases[1]) < 0.005
    assert abs(biases[2]) < 0.01
    assert min(covered) >= 0.92
    assert max(covered) <= 0.98


@pytest.mark.slow
def test_samples_of_whole_groups_are_unbiased_too() -> None:
    """Fewer streams, as each takes longer: what they can tell is three standard errors."""
    kept, stream = (Mixture(200, count, 0.6, group_size=4) for count in (200, 1000))
    found = list(results(stream, GROUPED_STREAMS))
    for values, truth in (
        ([result.score for result in found], kept.score),
        ([result.overlap for result in found], 0.6),
    ):
        error = np.std(values) / np.sqrt(GROUPED_STREAMS)
        print(f"bias {np.mean(values) - truth}, standard error {error}")
        assert abs(np.mean(values) - truth) < 3.0 * error
    seen = np.mean([result.groups["synthetic_seen"] for result in found if result.groups])
    assert seen == pytest.approx(1000, abs=3 * 1000 / np.sqrt(200 * GROUPED_STREAMS))
    covered = shares_covered(found, kept, stream)
    print(f"covered {covered}")
    assert min(covered) >= 0.90
