"""Annotated images: objects and the world around them, from the command line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from command_runs import DONE, USAGE
from composed_scenes import write_scenes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from command_runs import RunCommand

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")


@pytest.fixture
def scenes(tmp_path: Path) -> tuple[Path, Path]:
    """Two COCO files whose objects are alike and whose worlds are not."""
    real = write_scenes(tmp_path / "real", 30, seed=1)
    return real, write_scenes(tmp_path / "synthetic", 30, seed=2, real_worlds=0.0)


@pytest.fixture
def quick(save_model: Callable[..., Path]) -> list[Any]:
    return ["--model", save_model(), "--no-diagnostics", "--no-richness"]


def test_files_of_annotations_are_scored_view_by_view(
    run: RunCommand, scenes: tuple[Path, Path], quick: list[Any]
) -> None:
    finished = run("score", *scenes, *quick)
    assert finished.code == DONE
    lines = finished.standard.splitlines()
    sentence = next(line for line in lines if line.startswith("The objects pass ("))
    assert "the world around them does not (0.0" in sentence
    table = lines[1 : lines.index("", 1)]
    assert max(map(len, table)) <= 80
    rows = [line.split() for line in lines]
    assert [row[:2] for row in rows if row[:1] in (["car"], ["sign"])]
    assert [row[-3:] for row in rows if row[:2] == ["world", "around"]] == [["does", "not", "pass"]]


def test_slices_of_objects_are_printed_and_stand_in_the_result(
    run: RunCommand, scenes: tuple[Path, Path], quick: list[Any], tmp_path: Path
) -> None:
    target = tmp_path / "result.json"
    options = ["--slice-by", "class", "--slice-by", "brightness", "--json", target]
    finished = run("score", *scenes, *quick, *options)
    assert finished.code == DONE, finished.errors
    assert "all objects, in slices" in finished.standard
    assert "world around them, in slices" in finished.standard
    assert "whole scenes, in slices" not in finished.standard
    markdown = run("score", *scenes, *quick, *options[:-2], "--format", "markdown").standard
    assert "| Slice of all objects | Groups | Score |" in markdown
    assert "| class: car | " in markdown
    views = json.loads(target.read_text())["views"]
    parts = {(part["column"], part["value"]) for part in views["items"]["slices"]}
    assert {("class", "car"), ("class", "sign")} <= parts
    assert {part["column"] for part in views["environment"]["slices"]} == {"brightness"}


def test_annotations_stand_beside_folders_and_a_run_is_repeated_from_its_settings(
    run: RunCommand, scenes: tuple[Path, Path], quick: list[Any], tmp_path: Path
) -> None:
    folders = [file.parent / "images" for file in scenes]
    objects = ["--objects", scenes[0], "--objects", scenes[1]]
    first = tmp_path / "first.json"
    options = [*quick, "--view", "environment, items", "--smallest-object", "22"]
    assert run("score", *folders, *objects, *options, "-q", "--json", first).code == DONE
    found = json.loads(first.read_text())
    assert list(found["views"]) == ["items", "environment"]
    assert found["settings"]["views"]["smallest"] == 22
    assert found["objects"]["real"]["too_small"] > 0
    again = tmp_path / "again.json"
    assert run("score", *folders, "--settings", first, "-q", "--json", again).code == DONE
    repeated = json.loads(again.read_text())
    assert repeated["views"] == found["views"]
    assert repeated["objects"] == found["objects"]


def test_one_side_may_be_its_own_annotations(
    run: RunCommand, scenes: tuple[Path, Path], quick: list[Any], tmp_path: Path
) -> None:
    folder = scenes[1].parent / "images"
    target = tmp_path / "a.json"
    mixed = ["score", scenes[0], folder, "--objects", scenes[1], *quick, "-q", "--json", target]
    assert run(*mixed).code == DONE
    assert json.loads(target.read_text())["views"]["items"]["n_synthetic"] == 60


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--objects", "a.json"], "expected --objects twice"),
        (["--objects", "a", "--objects", "b", "--objects", "c"], "got it 3 times"),
        (["--view", "things"], "expected views of items"),
        (["--view", ","], "got none"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(
    run: RunCommand, scenes: tuple[Path, Path], options: list[str], message: str
) -> None:
    folders = [file.parent / "images" for file in scenes]
    refused = run("score", *folders, *options)
    assert refused.code == USAGE
    assert message in " ".join(refused.errors.split())


def test_the_page_shows_a_row_for_each_view(
    run: RunCommand, scenes: tuple[Path, Path], quick: list[Any], tmp_path: Path
) -> None:
    pytest.importorskip("jinja2", reason="needs the extra report")
    pytest.importorskip("plotly", reason="needs the extra report")
    out = tmp_path / "result"
    assert run("score", *scenes, *quick, "-q", "--out", out, "--map", "pca").code == DONE
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<b>world around them</b>" in page
    assert "The objects pass (" in page


@pytest.mark.slow
def test_views_are_compared_followed_over_runs_and_printed_for_other_programs(
    run: RunCommand, scenes: tuple[Path, Path], quick: list[Any], tmp_path: Path
) -> None:
    real, synthetic = scenes
    better = write_scenes(tmp_path / "better", 30, seed=3)
    folders = [tmp_path / "old", tmp_path / "new"]
    formats = {}
    for folder, file, name in zip(folders, (synthetic, better), ("junit", "csv"), strict=True):
        finished = run(
            "score", real, file, *quick, "--no-report", "--out", folder, "--format", name
        )
        assert finished.code == DONE
        formats[name] = finished.standard
    cases = ElementTree.fromstring(formats["junit"]).findall("testcase")
    names = {(case.get("classname"), case.get("name")) for case in cases}
    assert {("twinscore.view.items", "car"), ("twinscore.view.environment", "all")} <= names
    rows = list(csv.DictReader(io.StringIO(formats["csv"])))
    assert {(row["column"], row["value"]) for row in rows} >= {
        ("class", "car"),
        ("view", "items"),
        ("view", "environment"),
    }
    told = run("compare", *folders, "--out", tmp_path / "comparison")
    assert told.code == DONE
    line = next(line for line in told.standard.splitlines() if "world around them" in line)
    before, after, difference = map(float, line.split()[3:6])
    assert before < 0.3 < 0.6 < after
    assert difference == pytest.approx(after - before, abs=2e-3)
    saved = json.loads((tmp_path / "comparison" / "comparison.json").read_text())
    assert {row["view"] for row in saved["views"]} == {"items", "environment", "scenes"}
    assert "world around them" in (tmp_path / "comparison" / "comparison.html").read_text()
    history = run("history", *folders, "--out", tmp_path / "history.html")
    assert history.code == DONE
    assert "world around" in history.standard
    assert "world around them" in (tmp_path / "history.html").read_text()


def test_two_sets_of_annotated_images_are_compared_against_one_real_set(
    run: RunCommand, scenes: tuple[Path, Path], quick: list[Any], tmp_path: Path
) -> None:
    real, synthetic = scenes
    better = write_scenes(tmp_path / "better", 30, seed=3)
    folders = [file.parent / "images" for file in (synthetic, better)]
    objects = [word for file in (real, synthetic, better) for word in ("--objects", file)]
    of_real = ["--real", real.parent / "images", "--model", quick[1]]
    finished = run("compare", *folders, *of_real, *objects, "--json", "-")
    assert finished.code == DONE
    found = {
        (row["view"], row["class_name"]): row for row in json.loads(finished.standard)["views"]
    }
    assert found["environment", None]["difference"] > 0.3
    assert abs(found["items", None]["difference"]) < 0.3
    refused = run("compare", *folders, *of_real, *objects[:2])
    assert refused.code == USAGE
    assert "three times, of REAL, of FIRST and of SECOND; got it 1 time" in refused.errors


def test_a_plan_within_a_domain_of_objects_is_one_of_objects(
    run: RunCommand, scenes: tuple[Path, Path], tmp_path: Path, save_model: Callable[..., Path]
) -> None:
    domain = tmp_path / "domain.toml"
    domain.write_text("[conditions.class]\nshares = { car = 0.9, sign = 0.1 }\n")
    command = ["plan", *scenes, "--domain", domain, "--images", 12, "--model", save_model()]
    finished = run(*command, "--no-report")
    assert finished.code == DONE
    assert "Render next: 12 objects" in finished.standard
    planned = json.loads(run(*command, "--json").standard)
    assert planned["things"] == "objects"
    assert planned["conditions"] == ["class"]
    assert sum(step["renders"] for step in planned["steps"]) == 12
    # As many signs as cars are there.
    assert {tuple(step["values"]) for step in planned["steps"]} == {("car",)}
    match = planned["expected"][0]
    assert match["name"] == "match"
    assert match["now"] < match["then"]
