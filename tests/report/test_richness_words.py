"""Richness in words: a bar, or one line that says why there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kinds_of_images import Kinds
from scored import score_all
from twinscore.measures.richness import Richness, RichnessUntold
from twinscore.report.gap_gallery import with_gaps
from twinscore.report.page.richness_sections import richness_section, tension_chart
from twinscore.report.richness_words import (
    barred,
    beside_the_bar,
    gap_lines,
    instead_of_the_bar,
    photographs,
    richness_rows,
)


def _richness(**pool: Any) -> Richness:
    real, synthetic, _ = Kinds(200, 200, **pool).draw(np.random.default_rng(0))
    richness = score_all(real, synthetic).richness
    assert isinstance(richness, Richness)
    return richness


@pytest.fixture(scope="module")
def half() -> Richness:
    return _richness(missing=0.5)


@pytest.fixture(scope="module")
def far() -> Richness:
    return _richness(foreign=1.0)


def test_beside_the_bar_stand_the_interval_and_the_worth(half: Richness) -> None:
    assert barred(half) is half
    assert f"worth {photographs(half)} photographs" in beside_the_bar(half)


def test_under_a_domain_gap_there_is_no_bar_but_what_to_do_first(far: Richness) -> None:
    assert barred(far) is None
    assert "close the domain gap first" in instead_of_the_bar(far)
    assert list(gap_lines(far)) == []
    section = richness_section(far)
    assert section is not None
    assert section.coverage is None
    assert "close the domain gap first" in section.words


def test_what_is_untold_is_one_line_and_what_was_not_asked_for_none() -> None:
    assert instead_of_the_bar(RichnessUntold("too few images")) == "not told: too few images"
    assert barred(None) is None
    assert richness_section(None) is None
    assert not [*richness_rows(None), *gap_lines(None), *tension_chart(None)]


def test_figures_say_that_more_of_the_same_does_not_help_where_a_recipe_lacks_a_part(
    half: Richness,
) -> None:
    rows = dict(richness_rows(half))
    assert list(rows) == ["Coverage", "Covered now", "On-domain", "Worth", "Distinct", "Copied"]
    assert "the rest needs another recipe, not more images" in rows["Covered now"]


def test_gaps_are_counted_and_one_is_named(half: Richness) -> None:
    (line,) = gap_lines(half)
    name = half.gap_examples[0].name
    assert line == f"Gaps: {half.gaps} photographs that no synthetic image comes near, like {name}"


def test_the_page_shows_gaps_in_the_place_of_what_is_merely_far(half: Richness) -> None:
    galleries = with_gaps({}, half)
    exhibits = galleries["gaps"].exhibits
    assert [exhibit.row for exhibit in exhibits] == [gap.row for gap in half.gap_examples]
    assert [exhibit.beside for exhibit in exhibits] == [
        gap.nearest_row for gap in half.gap_examples
    ]
    assert galleries["gaps"].total == half.gaps


def test_the_tension_curve_draws_score_and_coverage_of_the_most_realistic(half: Richness) -> None:
    (chart,) = tension_chart(half)
    shares = [step["share"] for step in half.tension]
    assert shares == [1.0, 0.75, 0.5, 0.25, 0.1]
    assert chart.figure["data"][0]["x"] == sorted(shares)
    assert half.tension[0]["coverage"] == pytest.approx(half.coverage, abs=1e-9)
    assert half.tension[-1]["worth"] <= 20.0


@pytest.mark.parametrize(
    ("worth", "interval", "shown"),
    [(153.2, (120.0, 190.0), "150"), (1234.0, (1230.0, 1238.0), "1,234"), (9.0, (9.0, 9.0), "9")],
)
def test_worth_has_as_many_digits_as_its_interval_allows(
    worth: float, interval: tuple[float, float], shown: str, half: Richness
) -> None:
    from dataclasses import replace

    assert photographs(replace(half, worth=worth, intervals={"worth": interval})) == shown
