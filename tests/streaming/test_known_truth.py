from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from known_truth import Mixture

STREAMS = 500


@pytest.mark.slow
@pytest.mark.parametrize("overlap", [0.3, 0.8])
def test_far_beyond_capacity_score_and_overlap_are_unbiased_and_intervals_cover(
    overlap: float,
) -> None:
    kept = Mixture(n_real=400, n_synthetic=400, overlap=overlap)
    stream = Mixture(n_real=400, n_synthetic=4000, overlap=overlap)
    scores, overlaps, seen = [], [], []
    covered = np.zeros(3)
    for seed in range(STREAMS):
        points = stream.draw(np.random.default_rng(seed))
        synthetic = points[400:][np.random.default_rng(seed).permutation(4000)]
        scorer = ts.StreamingScorer(points[:400], seed=seed)
        for batch in np.array_split(synthetic, 7):
            scorer.update(batch)
        result = scorer.result()
        assert (result.n_seen, result.n_kept) == (4000, 400)
        scores.append(result.score)
        overlaps.append(result.overlap)
        seen.append(result.score_at_seen_ratio)
        covered += [
            low <= truth <= high
            for truth, (low, high) in (
                (kept.score, result.interval),
                (overlap, result.overlap_interval),
                (stream.score, result.seen_interval),
            )
        ]
    print(np.mean(scores) - kept.score, np.mean(overlaps) - overlap, covered / STREAMS)
    assert abs(np.mean(scores) - kept.score) < 0.005
    assert abs(np.mean(overlaps) - overlap) < 0.005
    assert abs(np.mean(seen) - stream.score) < 0.01
    assert (covered / STREAMS >= 0.92).all()
    assert (covered / STREAMS <= 0.98).all()
