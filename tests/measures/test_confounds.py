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


def test_half_of_one_side_with_another_size_is_said_in_numbers() -> None:
    synthetic = [*facts(50), *facts(50, width=32)]
    size = next(one for one in find_confounds(facts(100), synthetic) if one.fact == "size")
    assert size.accuracy == pytest.approx(0.75, abs=0.01)
    assert (size.separates, size.partly) == (False, True)
    assert size.telltale in (("32x48", 0.0, 0.5), ("64x48", 1.0, 0.5))


def test_a_handful_of_images_is_no_evidence() -> None:
    few = find_confounds([*facts(3), *facts(1, mode="L")], facts(4))
    assert not any(one.partly for one in few)


@pytest.mark.parametrize("seed", range(5))
def test_files_of_one_kind_differ_in_bytes_by_chance_only(seed: int) -> None:
    random = np.random.default_rng(seed)
    sides = [
        [facts(1, file_size=int(size))[0] for size in random.normal(1e5, 1e4, count)]
        for count in (300, 1200)
    ]
    by_fact = {one.fact: one for one in find_confounds(*sides)}
    for fact in ("file size", "bytes per pixel"):
        assert by_fact[fact].accuracy < 0.6
        assert not by_fact[fact].partly


def test_another_compression_shows_in_bytes_and_another_size_in_bytes_only() -> None:
    random = np.random.default_rng(0)
    real = [facts(1, file_size=int(size))[0] for size in random.normal(3e5, 1e4, 80)]
    smaller = [facts(1, file_size=int(size))[0] for size in random.normal(1e5, 1e4, 80)]
    by_fact = {one.fact: one for one in find_confounds(real, smaller)}
    assert by_fact["file size"].separates
    assert by_fact["bytes per pixel"].separates
    assert not by_fact["size"].separates
    quarter = [
        facts(1, width=32, height=24, file_size=int(size))[0]
        for size in random.normal(3e5 / 4, 25e2, 80)
    ]
    by_fact = {one.fact: one for one in find_confounds(real, quarter)}
    assert by_fact["file size"].separates
    assert by_fact["bytes per pixel"].accuracy < 0.65


def test_bytes_are_compared_where_both_sides_have_them() -> None:
    assert "file size" not in [one.fact for one in find_confounds(facts(9, file_size=5), facts(9))]
