"""What cannot be scored is one clear line, and wrong usage is told from errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyarrow import parquet

from command_runs import DONE, ERROR, USAGE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from command_runs import RunCommand

    MakeFolder = Callable[..., Path]


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
