"""Pages, curves and samples beside a score, and what becomes of it where they fail."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from command_runs import DONE, ERROR, USAGE
from twinscore.base.extras import pip_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from command_runs import RunCommand

    MakeFolder = Callable[..., Path]


def test_out_gets_a_report_that_names_the_inputs_and_the_command(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    pytest.importorskip("jinja2", reason="needs the extra report")
    pytest.importorskip("plotly", reason="needs the extra report")
    out = tmp_path / "a result"
    assert run("score", *vectors, "-q", "--out", out, "--map", "pca").code == DONE
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f"{vectors[1]} against {vectors[0]}" in page
    assert f"--out &#39;{out}&#39;" in page


def test_no_report_leaves_none_of_yesterday(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "result"
    out.mkdir()
    (out / "report.html").write_text("of another result")
    assert run("score", *vectors, "-q", "--out", out, "--no-report", "--overwrite").code == DONE
    assert sorted(file.name for file in out.iterdir()) == ["result.json", "samples.parquet"]


def test_without_its_packages_there_is_a_result_but_no_report(
    run: RunCommand,
    vectors: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    finished = run("score", *vectors, "--out", tmp_path / "a")
    assert finished.code == DONE
    assert "no report.html" in finished.errors
    assert pip_command("report") in finished.errors
    assert (tmp_path / "a/result.json").is_file()
    asked_for = run("score", *vectors, "--report", "--out", tmp_path / "b")
    assert pip_command("report") in asked_for.only_error()
    assert not (tmp_path / "b").exists()


def test_a_report_needs_a_folder(run: RunCommand, vectors: tuple[Path, Path]) -> None:
    finished = run("score", *vectors, "--report")
    assert finished.code == USAGE
    assert "--report needs --out DIR" in finished.errors


def test_squinting_at_embeddings_keeps_the_score(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    finished = run("score", *vectors, "--squint", "--out", tmp_path / "x", "-q", "--no-report")
    assert finished.code == ERROR
    assert "needs images on both sides" in finished.errors
    assert json.loads((tmp_path / "x/result.json").read_text())["n_real"] == 60


def test_squinting_adds_the_curve(run: RunCommand, make_folder: MakeFolder, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real, synthetic = make_folder("real", {".": 5}), make_folder("synthetic", {".": 5}, seed=1)
    options = ("--squint", "--out", tmp_path / "x", "-q", "--no-diagnostics", "--no-report")
    assert run("score", real, synthetic, *options).code == DONE
    curve = json.loads((tmp_path / "x/result.json").read_text())["squint"]
    assert [step["size"] for step in curve] == [32, 64, 112, 224]


def test_squinting_leaves_the_exposure_as_it_was_given(
    run: RunCommand, make_folder: MakeFolder, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    folders = make_folder("photos", {".": 5}), make_folder("renders", {".": 5}, seed=1)
    made_with = []
    for options in ((), ("--squint",)):
        out = tmp_path / f"result{len(options)}"
        common = ("--exposure", 1.5, "--out", out, "-q", "--no-diagnostics", "--no-report")
        assert run("score", *folders, *common, *options).code == DONE
        made_with.append(json.loads((out / "result.json").read_text())["preprocessing"])
    assert made_with[0] == made_with[1]


def test_a_score_of_a_sample_comes_without_a_report(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "x"
    assert run("score", *vectors, "-q", "--precision", 0.3, "--out", out).code == DONE
    assert not (out / "report.html").exists()
    said = run("score", *vectors, "--precision", 0.3, "--out", tmp_path / "z").errors
    assert said == "twinscore: no report.html of a sample of the images\n"
    finished = run("score", *vectors, "--precision", 0.3, "--out", tmp_path / "y", "--report")
    assert finished.code == USAGE
    assert "--report needs all images" in finished.errors


@pytest.mark.parametrize(
    ("failure", "code"), [(KeyboardInterrupt(), 130), (OSError("no space left"), ERROR)]
)
def test_a_report_that_is_stopped_or_fails_costs_neither_result_nor_summary(
    run: RunCommand,
    vectors: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
    code: int,
) -> None:
    def stopped(*_arguments: object, **_options: object) -> None:
        raise failure

    monkeypatch.setattr("twinscore.report.page.score_page.write_report", stopped)
    finished = run("score", *vectors, "--out", tmp_path / "x")
    assert finished.code == code
    assert "Indistinguishability  " in finished.standard
    assert json.loads((tmp_path / "x/result.json").read_text())["n_real"] == 60
