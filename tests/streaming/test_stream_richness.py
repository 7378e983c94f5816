"""Richness of a stream is that of its images, as far as its lists reach."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from kinds_of_images import Kinds
from scored import score_all
from twinscore.measures.richness import Richness, RichnessUntold
from twinscore.streaming.stream_richness import StreamRichness


def test_a_stream_reads_the_richness_of_its_images_however_they_come() -> None:
    real, synthetic, _ = Kinds(200, 160, missing=0.5, foreign=0.2).draw(np.random.default_rng(0))
    whole = score_all(real, synthetic, diagnostics=False).richness
    assert isinstance(whole, Richness)
    scorer = ts.StreamingScorer(real)
    for start in range(0, 160, 30):
        scorer.update(synthetic[start : start + 30])
        scorer.result()
    found = scorer.result().richness
    assert isinstance(found, StreamRichness)
    for name in ("coverage", "covered_now", "on_domain", "yield_", "worth"):
        assert getattr(found, name) == pytest.approx(getattr(whole, name), abs=1e-12), name
    backwards = ts.StreamingScorer(real)
    backwards.update(synthetic[::-1])
    assert backwards.result().richness == found


def test_shared_places_are_read_as_a_search_reads_them() -> None:
    random = np.random.default_rng(0)
    real = random.integers(0, 4, size=(60, 4)).astype(np.float32)
    synthetic = random.integers(0, 4, size=(60, 4)).astype(np.float32)
    real, synthetic = np.unique(real, axis=0), np.unique(synthetic, axis=0)
    whole = score_all(real, synthetic, diagnostics=False).richness
    assert isinstance(whole, Richness)
    scorer = ts.StreamingScorer(real, capacity=100)
    scorer.update(synthetic[:30])
    scorer.result()
    scorer.update(synthetic[30:])
    found = scorer.result().richness
    assert isinstance(found, StreamRichness)
    assert found.coverage == pytest.approx(whole.coverage, abs=1e-12)
    assert found.on_domain == pytest.approx(whole.on_domain, abs=1e-12)


def test_groups_count_once() -> None:
    pool = Kinds(100, 100, missing=0.5, group_size=4)
    real, synthetic, _ = pool.draw(np.random.default_rng(0))
    groups = [str(number) for number in np.repeat(np.arange(100), 4)]
    scorer = ts.StreamingScorer(real, groups=groups)
    scorer.update(synthetic, groups=groups)
    found = scorer.result().richness
    assert isinstance(found, StreamRichness)
    assert found.coverage == pytest.approx(0.5, abs=0.1)
    assert found.worth == pytest.approx(50.0, abs=25.0)


def test_beyond_the_ratio_that_its_lists_reach_a_stream_says_why_it_tells_nothing() -> None:
    real, synthetic = np.random.default_rng(0).standard_normal((2, 120, 4)).astype(np.float32)
    scorer = ts.StreamingScorer(real)
    scorer.update(synthetic[:20])
    found = scorer.result().richness
    assert isinstance(found, RichnessUntold)
    assert "about 3 to 1 at most" in found.reason
    scorer.update(synthetic[20:50])
    assert isinstance(scorer.result().richness, StreamRichness)
