"""Which facts set the sides apart: against plain counting, and by chance alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from twinscore.measures.fact_gaps import fact_gaps


def gap_of(real: np.ndarray, synthetic: np.ndarray, units: np.ndarray | None = None):  # type: ignore[no-untyped-def]
    values = np.concatenate([real, synthetic]).astype(np.float32)[:, None]
    is_real = np.arange(len(values)) < len(real)
    places = np.arange(len(values)) if units is None else units
    (gap,) = fact_gaps(("noise",), values, is_real, places)
    return gap


@given(st.integers(0, 2**32 - 1), st.integers(5, 30), st.integers(5, 30))
def test_separation_counts_pairs_and_ties_by_half(seed: int, m: int, n: int) -> None:
    random = np.random.default_rng(seed)
    real, synthetic = random.integers(0, 6, m), random.integers(1, 7, n)
    higher = synthetic[:, None] > real[None, :]
    equal = synthetic[:, None] == real[None, :]
    gap = gap_of(real, synthetic)
    assert gap.separation == pytest.approx((higher + 0.5 * equal).mean())
    assert gap.interval[0] <= gap.separation <= gap.interval[1]


def test_without_groups_the_p_value_is_that_of_ranks() -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.normal(size=80), random.normal(0.5, size=120)
    expected = stats.mannwhitneyu(synthetic, real, use_continuity=False, method="asymptotic")
    assert gap_of(real, synthetic).p_value == pytest.approx(expected.pvalue, rel=1e-6)


def test_frames_of_one_clip_count_as_one() -> None:
    random = np.random.default_rng(1)
    clips = random.normal(size=16)
    values = np.repeat(clips, 50) + random.normal(0.0, 0.01, 800)
    units = np.repeat(np.arange(16), 50)
    by_clip = gap_of(values[:400], values[400:], units)
    by_frame = gap_of(values[:400], values[400:])
    single = gap_of(clips[:8], clips[8:])
    assert by_clip.p_value == pytest.approx(single.p_value, rel=0.2)
    assert by_frame.p_value < by_clip.p_value


def test_chance_alone_names_no_fact() -> None:
    random = np.random.default_rng(2)
    named = 0
    for _ in range(100):
        values = random.normal(size=(60, 15)).astype(np.float32)
        gaps = fact_gaps(tuple("abcdefghijklmno"), values, np.arange(60) < 30, np.arange(60))
        named += any(gap.beyond_chance for gap in gaps)
    assert named <= 10


def test_what_is_not_known_is_left_out() -> None:
    values = np.random.default_rng(3).normal(size=(30, 3)).astype(np.float32)
    values[:, 1] = np.nan
    values[4:15, 2] = np.nan
    gaps = fact_gaps(("a", "b", "c"), values, np.arange(30) < 15, np.arange(30))
    assert [gap.fact for gap in gaps] == ["a"]


def test_medians_are_those_of_the_sides() -> None:
    gap = gap_of(np.arange(11.0), np.arange(100.0, 111.0))
    assert (gap.real, gap.synthetic) == (5.0, 105.0)
    assert gap.beyond_chance
    assert gap.separation == 1.0
