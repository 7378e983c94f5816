"""Give-aways that need no look at the picture."""

from __future__ import annotations

import numpy as np
import pytest

from twinscore.images.records import ImageFacts
from twinscore.measures.confounds import find_confounds


def facts(count: int, **changes: object) -> list[ImageFacts]:
    values = {"format": "PNG", "width": 64, "height": 48, "mode": "RGB", **changes}
    return [ImageFacts(**values)] * count  # type: ignore[arg-type]


def test_a_format_per_side_separates_and_what_is_equal_does_not() -> None:
    confounds = {one.fact: one for one in find_confounds(facts(30, format="JPEG"), facts(50))}
    assert confounds["format"].accuracy == 1.0
    assert confounds["format"].separates
    assert confounds["format"].real == ("JPEG", 1.0)
    assert confounds["format"].synthetic == ("PNG", 1.0)
    assert confounds["size"].accuracy == 0.5
    assert not confounds["size"].separates


def test_sizes_that_all_differ_tell_nothing() -> None:
    random = np.random.default_rng(0)
    sizes = random.permutation(np.arange(100, 300))
    sides = [[facts(1, width=int(w))[0] for w in part] for part in (sizes[:100], sizes[100:])]
    size = next(one for one in find_confounds(*sides) if one.fact == "size")
    assert size.accuracy <= 0.5


def test_the_ratio_of_the_sides_does_not_matter() -> None:
    mixed = [*facts(900), *facts(100, mode="L")]
    mode = next(
        one for one in find_confounds(mixed, facts(5, mode="L")) if one.fact == "color mode"
    )
    assert mode.accuracy == pytest.approx(0.95, abs=0.01)


def test_quality_counts_where_both_sides_have_one() -> None:
    jpeg = facts(20, format="JPEG", quality=95), facts(20, format="JPEG", quality=75)
    assert [one.fact for one in find_confounds(*jpeg) if one.separates] == ["JPEG quality"]
    assert "JPEG quality" not in [one.fact for one in find_confounds(jpeg[0], facts(20))]


def test_unknown_facts_are_left_out() -> None:
    assert find_confounds([None, None], facts(3)) == []
