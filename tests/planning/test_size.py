"""How many images it takes follows one law, and holds what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from scored import score_all, score_sample
from twinscore.planning.pilot import Pilot
from twinscore.planning.size import size_of

if TYPE_CHECKING:
    from pathlib import Path


def pilot(score: float = 0.5, units: float = 200.0, inflation: float = 1.0) -> Pilot:
    return Pilot(score, units, inflation, grouped=False, from_interval=False)


def sides(count: int = 60, shift: float = 1.0) -> tuple[Any, Any]:
    real, twin = np.random.default_rng(0).normal(size=(2, count, 4)).astype("float32")
    return real, twin + np.float32(shift)


def test_half_the_difference_takes_about_four_times_the_images() -> None:
    numbers = [size_of(pilot(), difference, 0.8).images for difference in (0.05, 0.1, 0.2)]
    assert numbers[0] / numbers[1] == pytest.approx(4.0, rel=0.08)
    assert numbers[1] / numbers[2] == pytest.approx(4.0, rel=0.15)


def test_the_number_is_that_of_two_independent_shares() -> None:
    # p = 0.25 and 0.3 at S = 0.5 and 0.6: (1.96 + 0.8416)^2 (0.75 + 0.84) / 0.01.
    assert size_of(pilot(), 0.1, 0.8).images == 1248
    assert size_of(pilot(inflation=2.0), 0.1, 0.8).images == 2496


def test_power_costs_images() -> None:
    numbers = [size_of(pilot(), 0.1, power).images for power in (0.5, 0.8, 0.95)]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("score", [0.0, 0.1, 0.5, 0.9, 1.0, 1.3])
def test_what_a_pilot_tells_apart_is_the_difference_that_asks_for_its_size(score: float) -> None:
    found = size_of(pilot(score, units=500.0), 0.1, 0.8)
    assert found.detectable is not None
    again = size_of(pilot(score, units=500.0), found.detectable, 0.8)
    assert again.images == pytest.approx(500, abs=2)


def test_a_pilot_that_tells_no_twins_apart_says_so() -> None:
    assert size_of(pilot(units=8.0, inflation=4.0), 0.1, 0.8).detectable is None


def test_small_pilots_and_long_ways_are_noted() -> None:
    assert not size_of(pilot(units=1e5), 0.1, 0.8).notes
    small = size_of(pilot(units=30.0), 0.1, 0.8).notes
    assert "the pilot is small (30 a side)" in small[0]
    assert "compare only sets of one size" in small[1]


def test_images_and_their_result_give_one_answer() -> None:
    real, twin = sides()
    result = score_all(real, twin, diagnostics=False, richness=False)
    assert ts.size(real, twin, difference=0.2) == ts.size(result, difference=0.2)


def test_a_saved_result_is_a_pilot(tmp_path: Path) -> None:
    result = score_all(*sides(), diagnostics=False, richness=False)
    result.save(tmp_path / "result")
    found = ts.size(tmp_path / "result", difference=0.2)
    assert found == ts.size(ts.load_result(tmp_path / "result"), difference=0.2)
    assert found.score == result.score
    assert "from the interval of a saved result" in found.notes[0]
    assert json.loads(found.to_json())["images"] == found.images


def test_groups_are_counted_where_there_are_any() -> None:
    real, twin = sides(80)
    labels = np.repeat(np.arange(40), 2)
    found = ts.size(real, twin, real_groups=labels, synthetic_groups=labels, difference=0.3)
    assert (found.grouped, found.pilot) == (True, 40)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"difference": 0.0}, "expected a difference above 0 and at most 1, got 0"),
        ({"difference": float("nan")}, "expected a difference above 0"),
        ({"difference": 1.5}, "expected a difference above 0"),
        ({"power": 1.0}, "expected a power between 0.05 and 1, got 1"),
        ({"power": 0.01}, "expected a power between 0.05 and 1"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_work_begins(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ts.size("nowhere", "nowhere", **options)


def test_a_pilot_of_another_kind_is_refused(tmp_path: Path) -> None:
    real, twin = sides()
    with pytest.raises(TypeError, match=r"expected a result, .*, got ndarray alone"):
        ts.size(real)
    with pytest.raises(FileNotFoundError, match="expected a result folder"):
        ts.size(tmp_path)
    with pytest.raises(ValueError, match="result of a sample: score all images"):
        ts.size(score_sample(real, twin, budget=60.0, precision=0.5))
    with pytest.raises(ValueError, match="with real and synthetic images only"):
        ts.size(tmp_path, backend="exact")
