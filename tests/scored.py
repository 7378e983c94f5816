"""Scores whose type is known: of all images, or of a sample of them."""

from __future__ import annotations

from typing import Any

import twinscore as ts


def score_all(*sides: Any, **options: Any) -> ts.ScoreResult:
    """Score all images."""
    result = ts.score(*sides, **options)
    assert isinstance(result, ts.ScoreResult)
    return result


def score_sample(*sides: Any, **options: Any) -> ts.SampledResult:
    """Score a sample of the images."""
    result = ts.score(*sides, **options)
    assert isinstance(result, ts.SampledResult)
    return result
