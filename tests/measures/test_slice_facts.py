"""Facts of the images in each slice: what was put in, corrected for all that is asked."""

from __future__ import annotations

import numpy as np
import pytest

from twinscore.measures.fact_gaps import fact_gaps
from twinscore.measures.slice_facts import slice_facts

NAMES = tuple("abc")


def pool(
    random: np.random.Generator, per_side: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str | None]]:
    facts = random.normal(size=(2 * per_side, len(NAMES))).astype(np.float32)
    is_real = np.arange(2 * per_side) < per_side
    values: list[str | None] = ["day", "fog", "night"] * per_side
    return facts, is_real, np.arange(2 * per_side), values[: 2 * per_side]


def test_the_fact_of_the_slice_that_it_was_put_into_is_beyond_chance_and_no_other() -> None:
    facts, is_real, units, values = pool(np.random.default_rng(0), 120)
    fog = np.array([value == "fog" for value in values])
    facts[fog & ~is_real, 1] += 2.0
    found = slice_facts(NAMES, facts, is_real, units, values)
    beyond = [
        (value, gap.fact) for value, part in found.items() for gap in part.gaps if gap.beyond_chance
    ]
    assert beyond == [("fog", "b")]
    assert all(part.against_same for part in found.values())


def test_a_slice_is_compared_with_real_images_of_its_value_where_there_are_any() -> None:
    facts, is_real, units, values = pool(np.random.default_rng(1), 60)
    night = np.array([value == "night" for value in values])
    facts[night, 0] += 5.0
    found = slice_facts(NAMES, facts, is_real, units, values)
    assert not any(gap.beyond_chance for part in found.values() for gap in part.gaps)
    unknown = [None if real else value for real, value in zip(is_real, values, strict=True)]
    against_all = slice_facts(NAMES, facts, is_real, units, unknown)["night"]
    assert not against_all.against_same
    assert against_all.gaps[0].beyond_chance


def test_p_values_are_corrected_for_the_facts_of_all_slices() -> None:
    facts, is_real, units, values = pool(np.random.default_rng(2), 90)
    found = slice_facts(NAMES, facts, is_real, units, values)
    gaps = [gap for part in found.values() for gap in part.gaps]
    assert len(gaps) == 9
    least = min(gaps, key=lambda gap: gap.p_value)
    assert least.adjusted_p_value == pytest.approx(min(9 * least.p_value, 1.0))
    fog = np.array([value == "fog" for value in values])
    alone = fact_gaps(NAMES, facts[fog], is_real[fog], units[fog])
    assert [gap.separation for gap in alone] == [gap.separation for gap in found["fog"].gaps]


def test_chance_alone_names_no_fact_of_any_slice() -> None:
    random, named = np.random.default_rng(3), 0
    for _ in range(100):
        found = slice_facts(NAMES, *pool(random, 45))
        named += any(gap.beyond_chance for part in found.values() for gap in part.gaps)
    assert named <= 10


def test_slices_of_few_images_and_facts_that_nobody_knows_are_left_out() -> None:
    facts, is_real, units, values = pool(np.random.default_rng(4), 30)
    facts[:, 2] = np.nan
    values[-1] = "rare"
    found = slice_facts(NAMES, facts, is_real, units, values)
    assert "rare" not in found
    assert [gap.fact for gap in found["day"].gaps] == ["a", "b"]
