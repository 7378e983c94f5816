"""A stopwatch tells what others did on the machine while it ran."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from twinscore.cli.bench import stopwatch
from twinscore.cli.bench.stopwatch import Stopwatch, busy_seconds

if TYPE_CHECKING:
    from pathlib import Path


def test_blocks_add_up() -> None:
    watch = Stopwatch()
    for _ in range(2):
        with watch.running():
            time.sleep(0.05)
    time.sleep(0.05)
    assert 0.1 <= watch.seconds < 0.15
    assert watch.cpu_seconds < watch.seconds


def test_what_the_machine_did_beyond_this_process_was_done_by_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, readings in (
        ("busy_seconds", [100.0, 107.0]),
        ("time.process_time", [1.0, 4.0]),
        ("time.perf_counter", [50.0, 52.0]),
    ):
        monkeypatch.setattr(f"twinscore.cli.bench.stopwatch.{name}", iter(readings).__next__)
    watch = Stopwatch()
    with watch.running():
        pass
    monkeypatch.undo()
    assert (watch.seconds, watch.cpu_seconds, watch.others) == (2.0, 3.0, 2.0)


def test_idle_time_and_that_of_guests_is_no_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "stat"
    file.write_text("cpu  100 20 30 4000 500 6 7 8 90 10\ncpu0 1 1 1 1 1 1 1 1 1 1\n")
    monkeypatch.setattr(stopwatch, "MACHINE", file)
    monkeypatch.setattr("os.sysconf", lambda _name: 100)
    assert busy_seconds() == pytest.approx(1.71)


def test_where_the_system_does_not_tell_nothing_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopwatch, "MACHINE", tmp_path / "nowhere")
    watch = Stopwatch()
    with watch.running():
        pass
    assert watch.seconds > 0.0
    assert watch.others is None
    assert Stopwatch().others is None
