from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from twinscore.streaming.watching.json_lines import JsonLines
from twinscore.streaming.watching.reporting import Reporter
from watched_folder import take_all, write_frame

if TYPE_CHECKING:
    from watched_folder import Watched


def test_new_scores_are_written_once(watched: Watched, tmp_path: Path) -> None:
    session = watched.open()
    file = tmp_path / "scores.jsonl"
    reporter = Reporter(session, JsonLines(file), quiet=True)
    reporter.refresh(at_once=True)
    assert file.read_text() == ""
    for number in range(3):
        write_frame(watched.folder / f"{number}.png", number)
    take_all(session)
    reporter.changed()
    for _ in range(2):
        reporter.refresh(at_once=True)
    assert len(file.read_text().splitlines()) == 1
    assert reporter.conclusion().startswith("score ")
    assert ": 3 frames counted, 0 landing. " in reporter.conclusion()
    assert reporter.result is not None
    assert reporter.conclusion().endswith(reporter.result.verdict)


def test_lines_that_find_no_room_do_not_stop_the_watch(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = watched.open()
    for number in range(3):
        write_frame(watched.folder / f"{number}.png", number)
    take_all(session)

    def full_disk(*_: object) -> None:
        raise OSError(errno.ENOSPC, "cannot write to scores.jsonl: No space left on device")

    monkeypatch.setattr(JsonLines, "append", full_disk)
    reporter = Reporter(session, JsonLines(tmp_path / "scores.jsonl"), quiet=True)
    reporter.refresh(at_once=True)
    assert reporter.result is not None
    assert "No space left on device" in reporter.conclusion()


def test_standard_output_that_nobody_reads_any_more_ends_the_watch(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = watched.open()
    for number in range(3):
        write_frame(watched.folder / f"{number}.png", number)
    take_all(session)

    def closed(*_: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(JsonLines, "append", closed)
    with pytest.raises(BrokenPipeError):
        Reporter(session, JsonLines(Path("-")), quiet=True).refresh(at_once=True)
