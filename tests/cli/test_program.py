"""Errors in one line; a traceback where it was asked for, or in a log."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from twinscore.cli import error_log, program

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "logs"
    monkeypatch.setattr(error_log, "_folders", lambda: iter([folder]))
    return folder


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes a command fail."""

    def make(error: BaseException) -> None:
        def raising(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(program.cli.commands["history"], "callback", raising)

    return make


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        program.main(words)
    assert isinstance(ended.value.code, int)
    return ended.value.code, capsys.readouterr().err


def test_a_mistake_of_the_caller_is_one_line(
    capsys: pytest.CaptureFixture[str], fail: Callable[[BaseException], None], logs: Path
) -> None:
    fail(ValueError("expected this,\ngot that"))
    assert run(capsys, "history", "x") == (1, "twinscore: error: expected this, got that\n")
    assert not logs.exists()


@pytest.mark.parametrize("error", [ZeroDivisionError("oh"), RecursionError(), KeyError("a")])
def test_an_error_of_the_program_itself_is_one_line_that_says_where_the_log_is(
    capsys: pytest.CaptureFixture[str],
    fail: Callable[[BaseException], None],
    logs: Path,
    error: Exception,
) -> None:
    fail(error)
    code, said = run(capsys, "history", "a\x1b[2Jb")
    (log,) = logs.iterdir()
    assert code == 1
    assert said.count("\n") == 1
    assert type(error).__name__ in said
    assert str(log) in said
    text = log.read_text()
    assert "Traceback" in text
    assert r"a\x1b[2Jb" in text
    assert log.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("words", [("--debug", "history", "x"), ("history", "--debug", "x")])
@pytest.mark.parametrize("error", [ZeroDivisionError("oh"), ValueError("no")])
def test_debug_shows_the_traceback(
    capsys: pytest.CaptureFixture[str],
    fail: Callable[[BaseException], None],
    logs: Path,
    words: tuple[str, ...],
    error: Exception,
) -> None:
    del logs
    fail(error)
    code, said = run(capsys, *words)
    assert code == 1
    assert said.startswith("Traceback")


def test_old_logs_go(
    capsys: pytest.CaptureFixture[str], fail: Callable[[BaseException], None], logs: Path
) -> None:
    logs.mkdir()
    for number in range(40):
        (logs / f"error-20000101-{number:06}-1.log").write_text("old")
    fail(ZeroDivisionError())
    run(capsys, "history", "x")
    assert len(list(logs.iterdir())) == error_log.KEPT


def test_where_no_log_can_be_written_the_line_says_what_to_do(
    capsys: pytest.CaptureFixture[str],
    fail: Callable[[BaseException], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(error_log, "_folders", lambda: iter([Path("/dev/null/x")]))
    fail(ZeroDivisionError())
    assert "--debug shows the traceback" in run(capsys, "history", "x")[1]


def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    for side in range(2):
        points = np.random.default_rng(side).standard_normal((40, 4)).astype(np.float32)
        np.save(tmp_path / f"{side}.npy", points)
    command = [
        sys.executable,
        "-m",
        "twinscore",
        "score",
        "0.npy",
        "1.npy",
        "--out",
        "r",
        "--no-report",
    ]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert "error" not in said.lower()
    assert "Traceback" not in said
    assert process.returncode == 0
    assert (tmp_path / "r" / "result.json").exists()
