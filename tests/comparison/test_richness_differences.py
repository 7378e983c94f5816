"""Richness of two sets side by side."""

from __future__ import annotations

import numpy as np

import twinscore as ts
from kinds_of_images import Kinds
from twinscore.comparison.richness_differences import richness_differences
from twinscore.report.richness_words import richness_difference


def test_a_set_that_lacks_half_covers_half_less_beyond_chance() -> None:
    real, half, _ = Kinds(240, 240, missing=0.5).draw(np.random.default_rng(0))
    _, whole, _ = Kinds(240, 240).draw(np.random.default_rng(0))
    found = ts.compare(real, half, whole, diagnostics=False)
    coverage, on_domain, worth = found.comparison.richness
    assert (coverage.figure, on_domain.figure, worth.figure) == ("coverage", "on_domain", "worth")
    assert coverage.difference > 0.35
    assert coverage.interval[0] < 0.5 < coverage.interval[1]
    assert coverage.is_beyond_chance
    assert not on_domain.is_beyond_chance
    assert "within chance" in richness_difference(on_domain)
    assert found.comparison.to_dict()["richness"][0]["figure"] == "coverage"


def test_without_richness_on_both_sides_there_is_no_difference() -> None:
    assert richness_differences(None, {"coverage": 1.0}) == ()
    assert richness_differences({"reason": "too few"}, {"coverage": 1.0}) == ()
