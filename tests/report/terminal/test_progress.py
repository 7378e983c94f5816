"""Bars on a terminal, a line now and then elsewhere, nothing when quiet."""

from __future__ import annotations

import time

import pytest

from twinscore.report.terminal import progress as module
from twinscore.report.terminal.progress import ProgressDisplay

TERMINAL = {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "80"}


def run(*, quiet: bool = False) -> None:
    with ProgressDisplay(quiet=quiet) as display:
        for done in range(101):
            display("Embedding real images", done, 100)


def test_short_stages_leave_logs_alone(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    assert capsys.readouterr() == ("", "")


def test_long_stages_say_where_they_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(1_000))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    run()
    standard, errors = capsys.readouterr()
    assert standard == ""
    assert errors.splitlines() == [
        f"Embedding real images: {percent}%" for percent in range(10, 101, 10)
    ]


def test_a_terminal_gets_a_bar_per_stage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in TERMINAL.items():
        monkeypatch.setenv(name, value)
    run()
    standard, errors = capsys.readouterr()
    assert standard == ""
    assert "Embedding real images" in errors
    assert "100%" in errors


@pytest.mark.parametrize("terminal", [False, True])
def test_quiet_is_silent(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if terminal:
        for name, value in TERMINAL.items():
            monkeypatch.setenv(name, value)
    run(quiet=True)
    assert capsys.readouterr() == ("", "")


def test_a_stage_without_steps_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LINES", 0.0)
    with ProgressDisplay() as display:
        display("Finding neighbors", 0, 0)
