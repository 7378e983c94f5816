"""A plan brings what is missing, the most urgent first, and no more than was asked for."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import twinscore as ts
from scored import score_all, score_sample

if TYPE_CHECKING:
    from pathlib import Path

DOMAIN = """
[conditions.weather]
shares = { clear = 0.5, rain = 0.3, "=fog" = 0.2 }
[conditions.light]
shares = { day = 0.6, night = 0.4 }
[pairs]
at_least = 15
[[edge_cases]]
name = "child in the rain"
where = { weather = "rain", child = true }
at_least = 12
[[excluded]]
weather = "=fog"
light = "night"
"""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> ts.ScoreResult:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "domain.toml").write_text(DOMAIN)
    sides = []
    for seed, shares in enumerate(([0.6, 0.3, 0.1], [0.9, 0.05, 0.05])):
        random = np.random.default_rng(seed)
        kinds = random.choice(3, 150, p=shares)
        dark = (kinds != 2) & (random.random(150) < 0.3)
        points = random.standard_normal((150, 4)).astype(np.float32)
        points[:, 0] += 8 * kinds
        points[:, 1] += 8 * dark
        table = {
            "embedding": list(points),
            "weather": np.array(["clear", "rain", "=fog"])[kinds],
            "light": np.where(dark, "night", "day"),
            "child": np.where(random.random(150) < 0.1, "yes", "no"),
        }
        sides.append(folder / f"{seed}.parquet")
        parquet.write_table(pa.table(table), sides[-1])
    return score_all(*sides, domain=folder / "domain.toml", diagnostics=False)


def test_kinds_come_in_the_order_of_urgency_and_fill_the_number_of_images(
    result: ts.ScoreResult,
) -> None:
    plan = ts.plan(result, images=400)
    kinds = list(dict.fromkeys(step.kind for step in plan.steps))
    assert kinds[:3] == ["edge case", "pair", "cell"]
    assert "photograph" in kinds
    assert plan.renders == plan.images == 400


def test_after_the_plan_edge_cases_pairs_and_cells_are_there(result: ts.ScoreResult) -> None:
    plan = ts.plan(result, images=400)
    domain = result.domain
    assert domain is not None
    cases = sum(step.renders for step in plan.steps if step.kind == "edge case")
    assert cases == domain.edge_cases[0].missing > 0
    expected = {figure.name: figure for figure in plan.expected}
    assert expected["pairs"].now < expected["pairs"].then == 1.0
    assert expected["match"].now == pytest.approx(domain.match)
    assert expected["match"].then > 0.9
    assert expected["covered now"].then == pytest.approx(1.0, abs=0.05)


def test_nothing_excluded_is_planned_and_edge_cases_keep_their_values(
    result: ts.ScoreResult,
) -> None:
    for step in ts.plan(result, images=400).steps:
        assert step.values != ("=fog", "night")
        assert step.renders > 0
        if step.kind == "edge case":
            assert step.values[0] == "rain"
            assert step.where == "weather = rain, child = true"


@pytest.mark.parametrize("images", [1, 7, 60])
def test_a_small_plan_is_the_beginning_of_a_large_one(result: ts.ScoreResult, images: int) -> None:
    small, large = ts.plan(result, images=images), ts.plan(result, images=400)
    assert small.renders == images
    kinds = [step.kind for step in large.steps]
    assert [step.kind for step in small.steps][:-1] == kinds[: len(small.steps) - 1]


def test_gains_in_match_sum_to_what_is_expected_of_the_cells(result: ts.ScoreResult) -> None:
    plan = ts.plan(result, images=60)
    covered = {figure.name: figure for figure in plan.expected}["covered now"]
    gains = [step.gain for step in plan.steps if step.kind == "photograph"]
    assert covered.then - covered.now == pytest.approx(sum(gains))
    assert all(step.gain >= 0.0 for step in plan.steps if step.kind != "cell")


def test_without_a_domain_all_of_the_plan_is_photographs() -> None:
    random = np.random.default_rng(0)
    real = random.standard_normal((80, 4)).astype(np.float32)
    result = score_all(real, real[:40] + 5.0, diagnostics=False)
    plan = ts.plan(result, images=5)
    assert {step.kind for step in plan.steps} == {"photograph"}
    assert plan.conditions == ()
    assert plan.steps[0].gain == max(step.gain for step in plan.steps)


def test_of_frames_of_one_clip_only_one_is_planned() -> None:
    random = np.random.default_rng(0)
    clips = np.repeat(np.arange(30), 4)
    real = random.standard_normal((30, 4))[clips] + 0.01 * random.standard_normal((120, 4))
    real = real.astype(np.float32)
    twin = random.standard_normal((40, 4)).astype(np.float32)
    result = score_all(real, twin[:, ::-1] + 3.0, real_groups=clips, diagnostics=False)
    plan = ts.plan(result, images=100)
    rows = [step.row for step in plan.steps if step.row is not None]
    assert len({int(clips[row]) for row in rows}) == len(rows)
    assert plan.expected[0].then == pytest.approx(1.0)


def test_the_table_opens_no_formula_in_a_spreadsheet(result: ts.ScoreResult) -> None:
    rows = list(csv.DictReader(io.StringIO(ts.plan(result, images=100).to_csv())))
    assert {row["weather"] for row in rows} >= {"'=fog"}
    assert not any(value.startswith("=") for row in rows for value in row.values())
    assert sum(int(row["renders"]) for row in rows) == 100


def test_a_plan_is_saved_once_and_replaced_when_asked(
    result: ts.ScoreResult, tmp_path: Path
) -> None:
    plan = ts.plan(result, images=20)
    plan.save(tmp_path / "plan")
    with pytest.raises(FileExistsError, match="already holds a plan"):
        plan.save(tmp_path / "plan")
    plan.save(tmp_path / "plan", overwrite=True)
    assert (tmp_path / "plan" / "plan.csv").read_bytes().decode() == plan.to_csv()


def test_the_page_shows_the_steps(result: ts.ScoreResult, tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="needs the extra report")
    from twinscore.report.page.plan_page import write_plan

    assert result.pool is not None
    write_plan(ts.plan(result, images=100), result.pool, tmp_path / "plan.html")
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    assert "child in the rain" in page
    assert "100 images to render next" in page


def test_what_cannot_be_planned_from_is_refused(result: ts.ScoreResult) -> None:
    points = np.random.default_rng(0).standard_normal((2, 300, 3)).astype(np.float32)
    with pytest.raises(ValueError, match="expected a score of all images to plan from"):
        ts.plan(score_sample(*points, precision=0.2), images=10)
    with pytest.raises(ValueError, match="expected images of at least 1, got 0"):
        ts.plan(result, images=0)
    with pytest.raises(TypeError, match="expected images as a whole number"):
        ts.plan(result, images=1.5)  # type: ignore[arg-type]
