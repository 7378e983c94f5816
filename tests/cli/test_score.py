"""The command line as its users meet it: exit codes, what goes where."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyarrow import parquet

from command_runs import BELOW_MINIMUM, DONE, USAGE, Finished
from kinds_of_images import Kinds
from twinscore.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from command_runs import RunCommand

    MakeFolder = Callable[..., Path]


def test_summary_goes_to_standard_output(run: RunCommand, vectors: tuple[Path, Path]) -> None:
    finished = run("score", *vectors)
    assert finished.code == DONE
    assert "Indistinguishability  " in finished.standard
    assert "60 real, 60 synthetic" in finished.standard
    assert finished.errors == ""


def test_json_to_standard_output_is_all_there_is(
    run: RunCommand, vectors: tuple[Path, Path]
) -> None:
    finished = run("score", *vectors, "--json", "-", "--k", 2)
    assert finished.code == DONE
    result = json.loads(finished.standard)
    assert (result["k"], result["n_real"], result["n_synthetic"]) == (2, 60, 60)
    assert 0 < result["score"] < 0.8


def test_json_to_a_file_comes_with_the_summary(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    target = tmp_path / "score.json"
    target.write_text("of yesterday")
    finished = run("score", *vectors, "--json", target)
    assert finished.code == DONE
    assert json.loads(target.read_text(encoding="utf-8"))["n_real"] == 60
    assert "Indistinguishability  " in finished.standard


def test_out_gets_result_and_samples(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    finished = run("score", *vectors, "--out", tmp_path / "result")
    assert finished.code == DONE
    said = finished.standard.splitlines()[-1]
    page = ": report.html" if (tmp_path / "result/report.html").exists() else ""
    assert said == f"Written to {tmp_path / 'result'}{page}"
    assert json.loads((tmp_path / "result/result.json").read_text())["n_real"] == 60
    assert parquet.read_table(tmp_path / "result/samples.parquet").num_rows == 120


def test_quiet_prints_nothing(run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("score", *vectors, "-q", "--out", tmp_path / "x") == Finished(DONE, "", "")


def test_a_score_below_the_minimum_has_its_own_exit_code(
    run: RunCommand, vectors: tuple[Path, Path]
) -> None:
    finished = run("score", *vectors, "-q", "--min-score", 0.9)
    assert finished.code == BELOW_MINIMUM
    assert finished.standard == ""
    assert finished.errors.count("\n") == 1
    assert "is below the minimum of 0.9" in finished.errors
    assert run("score", *vectors, "-q", "--min-score", 0.1).code == DONE


def test_a_coverage_below_the_minimum_or_unknown_has_the_same_exit_code(
    run: RunCommand, tmp_path: Path
) -> None:
    real, synthetic, _ = Kinds(80, 80, missing=0.5).draw(np.random.default_rng(0))
    paths = tmp_path / "real.npy", tmp_path / "synthetic.npy"
    for path, values in zip(paths, (real, synthetic), strict=True):
        np.save(path, values)
    common = (*paths, "-q", "--no-diagnostics", "--min-coverage")
    finished = run("score", *common, 0.9)
    assert finished.code == BELOW_MINIMUM
    assert "coverage 0.5" in finished.errors
    assert "is below the minimum of 0.9" in finished.errors
    assert run("score", *common, 0.3).code == DONE
    np.save(paths[1], synthetic[:9])
    finished = run("score", *common, 0.3)
    assert finished.code == BELOW_MINIMUM
    assert "coverage is not known to reach the minimum of 0.3" in finished.errors
    np.save(paths[1], synthetic + 90)
    finished = run("score", *common, 0.3)
    assert finished.code == BELOW_MINIMUM
    assert "only 0% of the synthetic images lie where real ones do" in finished.errors


def test_no_richness_leaves_it_out(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    arguments = ("--no-richness", "--no-diagnostics", "--out", tmp_path / "x")
    finished = run("score", *vectors, *arguments)
    assert finished.code == DONE
    assert "Richness" not in finished.standard
    result = json.loads((tmp_path / "x/result.json").read_text(encoding="utf-8"))
    assert result["richness"] is None
    assert "covered" not in parquet.read_table(tmp_path / "x/samples.parquet").column_names
    again = run("score", "--settings", tmp_path / "x/result.json", "--json", "-")
    assert json.loads(again.standard)["richness"] is None


def test_a_result_below_the_minimum_is_written_all_the_same(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    assert run("score", *vectors, "--min-score", 1, "--out", tmp_path / "x").code == BELOW_MINIMUM
    assert (tmp_path / "x/result.json").is_file()


def test_images_are_scored_and_skipped_ones_listed_per_side(
    run: RunCommand, make_folder: MakeFolder, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real = make_folder('it\'s "real" [1]', {"day": 20, "night": 19})
    synthetic = make_folder("synthetic", {"day": 5, "night": 4}, seed=1)
    (real / "day" / "broken.png").write_bytes(b"no image at all")
    finished = run("score", real, synthetic, "--group-by", "folder", "--out", tmp_path / "x")
    assert finished.code == DONE, finished.errors
    assert "1 of 40 real images could not be read" in " ".join(finished.standard.split())
    assert "in 2 and 2 groups" in finished.standard
    result = json.loads((tmp_path / "x/result.json").read_text())
    assert result["skipped"] == {
        "real": [{"name": f"{real}/day/broken.png", "reason": "not an image"}],
        "synthetic": [],
    }
    assert result["groups"] == {"real": 2, "synthetic": 2}


@pytest.mark.parametrize("command", [(), ("score",), ("demo",)])
def test_help_is_on_standard_output_and_shows_examples(
    run: RunCommand, command: tuple[str, ...]
) -> None:
    finished = run(*command, "--help")
    assert (finished.code, finished.errors) == (DONE, "")
    assert not command or f"    twinscore {command[0]} " in finished.standard
    assert max(map(len, finished.standard.splitlines())) <= 100


def test_version(run: RunCommand) -> None:
    assert run("--version").standard.startswith("twinscore, version ")


def test_warnings_of_the_library_are_one_line_each(
    capfd: pytest.CaptureFixture[str], make_folder: MakeFolder, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    folders = make_folder("real", {".": 3}), make_folder("synthetic", {".": 3}, seed=1)
    (folders[0] / "elsewhere").symlink_to(tmp_path)
    logging.getLogger().handlers.clear()
    with pytest.raises(SystemExit):
        main(["score", *map(str, folders), "-q"])
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("twinscore: ")
    assert "1 link left out, such as 'elsewhere'" in line


@pytest.mark.parametrize(
    ("words", "start"),
    [
        (["--brief"], "0."),
        (["--format", "brief"], "0."),
        (["--format", "markdown"], "### "),
        (["--format", "csv"], "column,value,n_real"),
        (["--format", "junit"], "<?xml"),
    ],
)
def test_a_format_is_all_there_is_on_standard_output(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path, words: list[str], start: str
) -> None:
    finished = run("score", *vectors, *words, "--out", tmp_path / "x")
    assert finished.code == DONE
    assert finished.standard.startswith(start)
    assert "Written to" not in finished.standard
    assert f"Written to {tmp_path / 'x'}" in finished.errors


def test_junit_tells_of_a_score_below_the_minimum(
    run: RunCommand, vectors: tuple[Path, Path]
) -> None:
    finished = run("score", *vectors, "--format", "junit", "--min-score", 1)
    assert finished.code == BELOW_MINIMUM
    assert 'failures="1"' in finished.standard


@pytest.mark.parametrize("words", [["--brief", "--format", "csv"], ["--json", "-", "--brief"]])
def test_two_answers_on_standard_output_are_wrong_usage(
    run: RunCommand, vectors: tuple[Path, Path], words: list[str]
) -> None:
    assert run("score", *vectors, *words).code == USAGE
