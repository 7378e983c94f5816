"""The command line as its users meet it: exit codes, one clear line, what goes where."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyarrow import parquet

from kinds_of_images import Kinds
from twinscore.base.extras import pip_command
from twinscore.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeFolder = Callable[..., Path]
    RunCommand = Callable[..., "Finished"]

DONE, ERROR, USAGE, BELOW_MINIMUM = 0, 1, 2, 3


@dataclass(frozen=True)
class Finished:
    code: int
    standard: str
    errors: str

    def only_error(self) -> str:
        """Return the one line of an error that did no harm and wrote no result."""
        assert self.code == ERROR
        assert self.standard == ""
        (line,) = self.errors.splitlines()
        assert line.startswith("twinscore: error: ")
        return line.removeprefix("twinscore: error: ")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> RunCommand:
    def run_command(*arguments: object) -> Finished:
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        assert isinstance(exit_.value.code, int)
        return Finished(exit_.value.code, *capsys.readouterr())

    return run_command


@pytest.fixture
def vectors(tmp_path: Path) -> tuple[Path, Path]:
    """Two files of embeddings: the second is far from the first in half of its rows."""
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 60, 4)).astype(np.float32)
    synthetic[::2] += 50
    paths = tmp_path / "real.npy", tmp_path / "synthetic.npy"
    for path, values in zip(paths, (real, synthetic), strict=True):
        np.save(path, values)
    return paths


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


def test_many_unreadable_images_are_an_error_unless_allowed(
    run: RunCommand, make_folder: MakeFolder
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real, synthetic = make_folder("real", {".": 8}), make_folder("synthetic", {".": 8}, seed=1)
    (synthetic / "broken.png").write_bytes(b"no image at all")
    message = run("score", real, synthetic).only_error()
    assert message.startswith("1 of 9 synthetic images could not be read, more than 5%")
    assert "--allow-skips" in message
    assert run("score", real, synthetic, "--allow-skips", "-q").code == DONE


def test_identical_folders(run: RunCommand, make_folder: MakeFolder) -> None:
    folder = make_folder("photos", {".": 3})
    assert "two different inputs" in run("score", folder, f"{folder}/../photos").only_error()


def test_empty_folder(run: RunCommand, make_folder: MakeFolder, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    message = run("score", make_folder("photos", {".": 3}), tmp_path / "empty").only_error()
    assert message == f"no images in '{tmp_path / 'empty'}': the folder is empty"


def test_folder_of_text_files(run: RunCommand, make_folder: MakeFolder, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "notes.txt").write_text("no image")
    message = run("score", tmp_path / "texts", make_folder("renders", {".": 3})).only_error()
    assert "no images in" in message
    assert "expected .jpg, .jpeg, .png" in message
    assert "got 1 other file such as 'notes.txt'" in message


def test_missing_path(run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path) -> None:
    message = run("score", vectors[0], tmp_path / "typo").only_error()
    assert message.startswith("synthetic side: ")
    assert message.endswith("typo' does not exist")


def test_file_that_holds_neither_images_nor_embeddings(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "mesh.obj").write_bytes(b"")
    message = run("score", tmp_path / "mesh.obj", vectors[1]).only_error()
    assert message.startswith("real side: expected a folder, a pattern,")
    assert message.endswith("mesh.obj'")


def test_row_that_is_not_a_number(run: RunCommand, vectors: tuple[Path, Path]) -> None:
    values = np.load(vectors[1])
    values[7, 2] = np.nan
    np.save(vectors[1], values)
    message = run("score", *vectors).only_error()
    assert message.endswith("synthetic.npy': expected finite values, got NaN or infinity in row 7")


def test_widths_that_differ(run: RunCommand, vectors: tuple[Path, Path]) -> None:
    np.save(vectors[1], np.zeros((5, 3), dtype=np.float32))
    assert "as wide as the real ones (4), got 3" in run("score", *vectors).only_error()


def test_more_neighbors_than_images(run: RunCommand, vectors: tuple[Path, Path]) -> None:
    message = run("score", *vectors, "--k", 120).only_error()
    assert message.startswith("expected k of at most 119")
    assert run("score", *vectors, "--k", 119, "-q").code == DONE


@pytest.mark.parametrize("option", ["--out", "--json"])
def test_output_that_cannot_be_written_fails_before_the_work(
    option: str, run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    for path in vectors:
        path.write_bytes(b"never read")
    (tmp_path / "file").write_text("")
    message = run("score", *vectors, option, tmp_path / "file" / "below").only_error()
    assert message.startswith(f"cannot write to {tmp_path / 'file' / 'below'}: ")


def test_a_disk_that_fills_up_does_not_cost_the_answer(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet, "write_table", full)
    finished = run("score", *vectors, "--out", tmp_path / "x")
    assert finished.code == ERROR
    assert "Indistinguishability  " in finished.standard
    assert finished.errors == (
        f"twinscore: error: cannot write to {tmp_path / 'x'}: No space left on device\n"
    )
    assert list((tmp_path / "x").iterdir()) == []


def test_an_existing_result_is_not_overwritten_silently(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    first = run("score", *vectors, "-q", "--out", tmp_path / "x")
    assert first.code == DONE
    before = (tmp_path / "x/result.json").read_bytes()
    message = run("score", *vectors, "--k", 2, "--out", tmp_path / "x").only_error()
    assert message.startswith(f"{tmp_path / 'x'} already holds a result")
    assert (tmp_path / "x/result.json").read_bytes() == before
    again = run("score", *vectors, "--k", 2, "-q", "--out", tmp_path / "x", "--overwrite")
    assert again.code == DONE
    assert json.loads((tmp_path / "x/result.json").read_text())["k"] == 2


def test_a_failed_run_leaves_no_directory(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path
) -> None:
    run("score", *vectors, "--k", 500, "--out", tmp_path / "x").only_error()
    assert not (tmp_path / "x").exists()


def test_a_model_that_does_not_exist(run: RunCommand, make_folder: MakeFolder) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    folders = make_folder("real", {".": 2}), make_folder("synthetic", {".": 2})
    message = run("score", *folders, "--model", "gone.onnx").only_error()
    assert message == "model file gone.onnx does not exist"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("frobnicate",),
        ("score",),
        ("score", "real.npy"),
        ("score", "a", "b", "c"),
        ("score", "a", "b", "--k", "0"),
        ("score", "a", "b", "--k", "one"),
        ("score", "a", "b", "--video-interval", "soon"),
        ("score", "a", "b", "--device", "tpu"),
        ("score", "a", "b", "--threads", "0"),
        ("score", "a", "b", "--min-score", "nan"),
        ("score", "a", "b", "--min-coverage", "1.5"),
        ("score", "a", "b", "--min-coverage", "0.5", "--no-richness"),
        ("score", "a", "b", "--min-coverage", "0.5", "--precision", "0.1"),
        ("score", "a", "b", "--unknown"),
    ],
)
def test_wrong_usage_is_told_from_errors(run: RunCommand, arguments: tuple[str, ...]) -> None:
    finished = run(*arguments)
    assert finished.code == USAGE
    assert finished.standard == ""
    assert "Usage: " in finished.errors


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
