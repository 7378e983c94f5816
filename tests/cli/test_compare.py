"""compare and history on the command line: exit codes, files, one clear line."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from twinscore.base.extras import pip_command
from twinscore.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DONE, ERROR, USAGE, WORSE = 0, 1, 2, 3


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run_command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, *capsys.readouterr()

    return run_command


@pytest.fixture
def sets(tmp_path: Path) -> dict[str, Path]:
    """Embeddings: real ones, a poor synthetic set, and a good one."""
    random = np.random.default_rng(0)
    real, poor, good = random.standard_normal((3, 80, 4)).astype(np.float32)
    poor[:60] += 30
    paths = {}
    for name, vectors in (("real", real), ("poor", poor), ("good", good)):
        paths[name] = tmp_path / f"{name}.npy"
        np.save(paths[name], vectors)
    return paths


@pytest.fixture
def results(
    run: Callable[..., tuple[int, str, str]], sets: dict[str, Path], tmp_path: Path
) -> dict[str, Path]:
    folders = {}
    for name in ("poor", "good"):
        folders[name] = tmp_path / f"result-{name}"
        options = ("--out", folders[name], "-q", "--no-report", "--no-diagnostics")
        assert run("score", sets["real"], sets[name], *options)[0] == DONE
    return folders


def test_two_results_are_compared(
    run: Callable[..., tuple[int, str, str]], results: dict[str, Path]
) -> None:
    code, standard, errors = run("compare", results["poor"], results["good"])
    assert (code, errors) == (DONE, "")
    assert "Difference +0." in standard
    assert "harder to tell from the real images" in standard


def test_two_sets_are_compared_against_one_real_set(
    run: Callable[..., tuple[int, str, str]], sets: dict[str, Path], tmp_path: Path
) -> None:
    pytest.importorskip("jinja2", reason="needs the extra report")
    pytest.importorskip("plotly", reason="needs the extra report")
    out = tmp_path / "comparison"
    code, standard, errors = run(
        "compare", sets["poor"], sets["good"], "--real", sets["real"], "--out", out
    )
    assert (code, errors) == (DONE, "")
    assert standard.endswith(f"Written to {out}\n")
    found = json.loads((out / "comparison.json").read_text())
    assert found["difference"] == pytest.approx(found["second"] - found["first"])
    assert found["interval"][0] > 0
    page = (out / "comparison.html").read_text()
    assert "harder to tell" in page
    assert "twinscore compare" in page


def test_worse_has_its_own_exit_code(
    run: Callable[..., tuple[int, str, str]], results: dict[str, Path]
) -> None:
    worse = ("compare", results["good"], results["poor"], "-q")
    assert run(*worse)[0] == DONE
    code, standard, errors = run(*worse, "--fail-if-worse")
    assert (code, standard) == (WORSE, "")
    assert errors.count("\n") == 1
    assert "lower than" in errors
    better = ("compare", results["poor"], results["good"], "-q", "--fail-if-worse")
    assert run(*better) == (DONE, "", "")
    same = ("compare", results["poor"], results["poor"], "-q", "--fail-if-worse")
    assert run(*same) == (DONE, "", "")


def test_json_to_standard_output_is_all_there_is(
    run: Callable[..., tuple[int, str, str]], results: dict[str, Path]
) -> None:
    code, standard, _ = run("compare", results["poor"], results["good"], "--json", "-")
    assert code == DONE
    assert json.loads(standard)["verdict"].startswith("The second set is harder")


def test_a_comparison_is_replaced_only_when_asked(
    run: Callable[..., tuple[int, str, str]], results: dict[str, Path], tmp_path: Path
) -> None:
    command = ("compare", results["poor"], results["good"], "-q", "--out", tmp_path / "x")
    assert run(*command)[0] == DONE
    code, standard, errors = run(*command)
    assert (code, standard) == (ERROR, "")
    assert "already holds a comparison" in errors
    assert run(*command, "--overwrite")[0] == DONE


@pytest.mark.parametrize("option", [("--k", 2), ("--group-by", "folder"), ("--model", "x.onnx")])
def test_options_of_scoring_need_the_real_images(
    run: Callable[..., tuple[int, str, str]],
    results: dict[str, Path],
    option: tuple[object, ...],
) -> None:
    code, _, errors = run("compare", results["poor"], results["good"], *option)
    assert code == USAGE
    assert f"with --real only: {option[0]} (results have theirs)" in errors


def test_a_folder_without_a_result_is_named(
    run: Callable[..., tuple[int, str, str]], results: dict[str, Path], tmp_path: Path
) -> None:
    code, standard, errors = run("compare", results["poor"], tmp_path)
    assert (code, standard) == (ERROR, "")
    assert errors.count("\n") == 1
    assert "result.json does not exist" in errors


def test_a_missing_package_costs_the_page_only(
    run: Callable[..., tuple[int, str, str]],
    results: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    code, _, _ = run("compare", results["poor"], results["good"], "-q", "--out", tmp_path / "x")
    assert code == DONE
    assert [file.name for file in (tmp_path / "x").iterdir()] == ["comparison.json"]
    assert pip_command("report") in caplog.text


def test_a_history_has_a_row_and_a_point_for_each_run(
    run: Callable[..., tuple[int, str, str]], results: dict[str, Path], tmp_path: Path
) -> None:
    pytest.importorskip("jinja2", reason="needs the extra report")
    pytest.importorskip("plotly", reason="needs the extra report")
    page = tmp_path / "history.html"
    runs = (results["poor"], results["good"], results["poor"])
    code, standard, errors = run("history", *runs, "--out", page)
    assert (code, errors) == (DONE, "")
    assert standard.count("result-poor") == 2
    assert standard.endswith(f"Written to {page}\n")
    assert page.read_text().count('<td class="path">') == 3


def test_a_history_warns_of_runs_that_cannot_be_compared(
    run: Callable[..., tuple[int, str, str]], results: dict[str, Path]
) -> None:
    file = results["good"] / "result.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "k": 5}))
    _, standard, _ = run("history", results["poor"], results["good"])
    assert "the runs differ in their k: 1, 5" in " ".join(standard.split())


def test_a_history_of_nothing_is_a_usage_error(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run("history")[0] == USAGE


def table_of(path: Path, vectors: np.ndarray[Any, Any], lights: list[str]) -> Path:
    """Embeddings with a column of the user's, two rows a scene."""
    import pyarrow as pa
    from pyarrow import parquet

    rows = range(len(vectors))
    columns = {
        "embedding": vectors.tolist(),
        "path": [f"{row}.png" for row in rows],
        "scene": [f"scene {row // 2}" for row in rows],
        "light": lights,
    }
    parquet.write_table(pa.table(columns), path)
    return path


def test_columns_of_tables_are_groups_and_slices_and_small_slices_are_named(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    real, before, after = random.standard_normal((3, 60, 4)).astype(np.float32)
    before[:40] += 30
    lights = ["night"] * 40 + ["day"] * 18 + ["dusk"] * 2
    real_file, first, second = (
        table_of(tmp_path / f"{name}.parquet", vectors, lights)
        for name, vectors in (("real", real), ("before", before), ("after", after))
    )
    options = ("--real", real_file, "--group-by", "scene", "--slice-by", "light")
    code, standard, _ = run("compare", first, second, *options, "--json", "-")
    assert code == DONE
    found = json.loads(standard)
    assert (found["n_first"], found["n_second"]) == (30, 30)
    slices = {part["slice"]: part for part in found["slices"]}
    assert set(slices) == {"light = day", "light = night"}
    assert slices["light = night"]["difference"] > 0.5
    assert slices["light = night"]["adjusted_p_value"] < 0.05
    (left_out,) = (note for note in found["warnings"] if "light" in note)
    assert left_out.startswith("1 of 3 values of light, such as 'dusk', are not compared")


def test_stores_and_manifests_are_compared_as_their_images_are(
    run: Callable[..., tuple[int, str, str]],
    make_folder: Callable[..., Path],
    tmp_path: Path,
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    pytest.importorskip("plotly", reason="needs the extra report")
    images = {
        name: make_folder(name, {"a": 6, "b": 6}, seed=seed)
        for seed, name in enumerate(("real", "before", "after"))
    }
    differences = []
    for kind in ("folder", "manifest", "store"):
        sides = {}
        for name, folder in images.items():
            sides[name] = folder
            if kind == "manifest":
                lines = [f"{file},{file.parent.name}" for file in sorted(folder.rglob("*.png"))]
                sides[name] = tmp_path / f"{name}.csv"
                sides[name].write_text("\n".join(["path,part", *lines]) + "\n")
            elif kind == "store":
                sides[name] = tmp_path / f"{name}.store"
                assert run("embed", folder, "--out", sides[name], "-q")[0] == DONE
        out = tmp_path / f"comparison-{kind}"
        options = ["--real", sides["real"], "--out", out, "-q"]
        if kind == "manifest":
            options += ["--slice-by", "part"]
        assert run("compare", sides["before"], sides["after"], *options)[0] == DONE
        found = json.loads((out / "comparison.json").read_text())
        differences.append(found["difference"])
        assert len(found["slices"]) == (2 if kind == "manifest" else 0)
        assert (out / "comparison.html").read_text().count("data:image/webp") >= 12
    assert differences == pytest.approx([differences[0]] * 3, abs=1e-3)


def test_options_of_images_need_images(
    run: Callable[..., tuple[int, str, str]], results: dict[str, Path]
) -> None:
    options = ("--slice-by", "light", "--allow-skips")
    code, _, errors = run("compare", results["poor"], results["good"], *options)
    assert code == USAGE
    assert "with --real only: --slice-by, --allow-skips (results have theirs)" in errors


def test_a_history_follows_slices_from_run_to_run(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    pytest.importorskip("plotly", reason="needs the extra report")
    random = np.random.default_rng(0)
    real, before, after = random.standard_normal((3, 40, 4)).astype(np.float32)
    before[:20] += 30
    np.save(tmp_path / "real.npy", real)
    for name, vectors, lights in (
        ("monday", before, ["night <i>"] * 20 + ["day"] * 20),
        ("tuesday", after, ["night <i>"] * 20 + ["dawn"] * 20),
    ):
        table = table_of(tmp_path / f"{name}.parquet", vectors, lights)
        options = ("--slice-by", "light", "--out", tmp_path / name, "-q", "--no-report")
        assert run("score", tmp_path / "real.npy", table, *options)[0] == DONE
    page = tmp_path / "history.html"
    code, _, _ = run("history", tmp_path / "monday", tmp_path / "tuesday", "--out", page)
    assert code == DONE
    (row,) = (line for line in page.read_text().splitlines() if "night &lt;i&gt;" in line)
    assert re.search(r"<td>0\.000</td><td>[01]\.\d{3}</td>", row)
    assert "</span> dawn</td>" not in page.read_text()


def test_json_that_cannot_be_written_leaves_the_older_comparison(
    run: Callable[..., tuple[int, str, str]],
    results: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "comparison.json"
    target.write_text("of yesterday")
    monkeypatch.setattr("os.fsync", full)
    code, _, error = run("compare", results["poor"], results["good"], "--json", target)
    assert (code, target.read_text()) == (ERROR, "of yesterday")
    assert "No space left on device" in error
