"""The option --log of score and watch, with the event files that TensorBoard reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from command_runs import BELOW_MINIMUM, DONE, USAGE
from remembering_logger import Remembering
from twinscore.integrations.loggers.opening import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from command_runs import RunCommand


@pytest.fixture
def logger(monkeypatch: pytest.MonkeyPatch) -> Remembering:
    """Answers to the name of a tool."""
    logger = Remembering()
    monkeypatch.setitem(TOOLS, "memory", ("numpy", lambda *_: logger))
    return logger


def test_a_score_is_logged_and_the_place_is_said(
    run: RunCommand, vectors: tuple[Path, Path], logger: Remembering, tmp_path: Path
) -> None:
    finished = run("score", *vectors, "--out", tmp_path / "out", "--log", "memory:x", "--no-report")
    assert finished.code == DONE
    assert "Logged to memory\n" in finished.errors
    (entry,) = logger.entries
    assert entry.record["inputs"]["real"] == str(vectors[0])
    assert logger.is_closed


def test_a_score_that_is_too_low_is_logged_all_the_same(
    run: RunCommand, vectors: tuple[Path, Path], logger: Remembering
) -> None:
    options = ("--min-score", "2", "--quiet", "--log", "memory")
    assert run("score", *vectors, *options).code == BELOW_MINIMUM
    assert len(logger.entries) == 1
    assert logger.is_closed


def test_a_logger_that_fails_leaves_code_and_files_as_they_are(
    run: RunCommand, vectors: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TOOLS, "bad", ("numpy", lambda *_: Remembering("log")))
    finished = run("score", *vectors, "--out", tmp_path / "out", "--log", "bad", "--no-report")
    assert finished.code == DONE
    assert (tmp_path / "out" / "result.json").is_file()


@pytest.mark.parametrize("command", ["score", "watch"])
def test_what_names_no_logger_is_wrong_usage(run: RunCommand, command: str) -> None:
    sides = ("a", "b") if command == "score" else ("a", "--real", "b")
    finished = run(command, *sides, "--log", "nowhere:x")
    assert finished.code == USAGE
    assert "expected wandb[:PROJECT], mlflow[:EXPERIMENT] or tensorboard[:DIR]" in finished.errors


def test_a_watch_logs_its_scores_where_tensorboard_reads_them(
    run: RunCommand,
    make_folder: Callable[..., Path],
    save_model: Callable[..., Path],
    tmp_path: Path,
) -> None:
    for package in ("onnxruntime", "watchfiles", "tensorboardX"):
        pytest.importorskip(package, reason=f"needs {package}")
    events: Any = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="needs tensorboard"
    )
    photos, renders = make_folder("photos", {"": 8}), make_folder("renders", {"": 6}, seed=1)
    options = ("--until-idle", "0.1", "--settle", "0", "--model", save_model())
    log = f"tensorboard:{tmp_path / 'runs'}"
    assert run("watch", renders, "--real", photos, "--log", log, *options).code == DONE
    (folder,) = (tmp_path / "runs").iterdir()
    read = events.EventAccumulator(str(folder))
    read.Reload()
    assert read.Scalars("twinscore/score")[-1].step == 6
    assert "twinscore/pairs/1" in read.Tags()["images"]
