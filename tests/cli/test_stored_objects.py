"""Stores of images with their objects, from the command line."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

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
def model(save_model: Callable[..., Path]) -> list[Any]:
    return ["--model", save_model()]


@pytest.fixture
def scenes(tmp_path: Path) -> tuple[Path, Path]:
    """Two COCO files whose objects are alike and whose worlds are not."""
    real = write_scenes(tmp_path / "real", 30, seed=1)
    return real, write_scenes(tmp_path / "synthetic", 30, seed=2, real_worlds=0.0)


def told(run: RunCommand, target: Path, *arguments: Any) -> dict[str, Any]:
    """Score, and return what the result says of views and objects."""
    options = ["--no-diagnostics", "--no-richness", "-q", "--json", target]
    finished = run("score", *arguments, *options)
    assert finished.code == DONE, finished.errors
    found = json.loads(target.read_text())
    return {name: found[name] for name in ("views", "objects", "score", "warnings")}


def test_stores_score_as_the_files_do_and_open_no_image(
    run: RunCommand, scenes: tuple[Path, Path], model: list[Any], tmp_path: Path
) -> None:
    of_files = told(run, tmp_path / "files.json", *scenes, *model)
    stores = [tmp_path / "real.store", tmp_path / "synthetic.store"]
    folders = [file.parent / "images" for file in scenes]
    first = run("embed", scenes[0], "--out", stores[0], *model)
    assert first.code == DONE, first.errors
    assert "90 pictures cut out of images" in first.standard
    objects = ["--objects", scenes[1], "--view", "items,environment", "-q"]
    assert run("embed", folders[1], "--out", stores[1], *objects, *model).code == DONE
    mixed = told(run, tmp_path / "mixed.json", stores[0], scenes[1], *model)
    assert mixed == of_files
    beside = [stores[0], folders[1], "--objects", scenes[1]]
    sliced = [
        told(run, tmp_path / "sliced.json", *sources, "--slice-by", "size", *model)["views"]
        for sources in (beside, scenes)
    ]
    assert sliced[0] == sliced[1]
    assert sliced[0]["items"]["slices"] != []
    assert {**sliced[0]["items"], "slices": []} == {**of_files["views"]["items"], "slices": []}
    for folder in folders:
        shutil.rmtree(folder)
    assert told(run, tmp_path / "stores.json", *stores) == of_files
    some = told(run, tmp_path / "some.json", *stores, "--view", "items")
    assert some["views"]["items"]["score"] == of_files["views"]["items"]["score"]
    assert list(some["views"]) == ["items"]


def test_a_result_of_stores_tells_how_their_objects_were_cut_out(
    run: RunCommand, scenes: tuple[Path, Path], model: list[Any], tmp_path: Path
) -> None:
    stores = [tmp_path / "real.store", tmp_path / "synthetic.store"]
    wide = ["--object-margin", "0.4", "--view", "items"]
    for file, store in zip(scenes, stores, strict=True):
        assert run("embed", file, "--out", store, *wide, *model, "-q").code == DONE
    found = told(run, tmp_path / "stores.json", *stores)
    assert found["objects"]["cut"] == {
        "margin": 0.4,
        "smallest": 16,
        "without_background": False,
    }


def test_objects_that_are_cut_out_otherwise_are_refused_in_one_line(
    run: RunCommand, scenes: tuple[Path, Path], model: list[Any], tmp_path: Path
) -> None:
    stores = [tmp_path / "real.store", tmp_path / "synthetic.store"]
    assert run("embed", scenes[0], "--out", stores[0], *model, "-q").code == DONE
    wide = ["--object-margin", "0.4", "--view", "items"]
    assert run("embed", scenes[1], "--out", stores[1], *wide, *model, "-q").code == DONE
    for arguments, message in (
        (stores, "expected views items,environment,scenes with margin 0.15"),
        ([stores[0], scenes[1], *wide], "with margin 0.4"),
        ([stores[0], scenes[1], "--view", "in-place"], "expected a view of the store"),
        ([*stores, "--objects", "a", "--objects", "b"], "expected no annotations of the real"),
    ):
        refused = run("score", *arguments, *model)
        assert refused.code == USAGE
        assert message in refused.errors
        assert len(refused.errors.strip().splitlines()) == 1
    again = run("embed", scenes[1], "--out", stores[1], *model, "-q")
    assert (again.code, len(again.errors.strip().splitlines())) == (USAGE, 1)
    assert "choose another folder" in again.errors
