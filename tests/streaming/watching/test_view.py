from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from annotated_frames import annotated_frames, take
from twinscore.streaming.watching.view import WatchView, sparkline, summary_line
from watched_folder import take_all, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from watched_folder import Watched


def test_a_watch_without_a_score_says_why(watched: Watched) -> None:
    session = watched.open()
    assert summary_line(session, session.result()) == "no score yet: 0 frames counted, 0 landing"
    write_frame(watched.folder / "0.png", 0)
    take_all(session)
    shown = summary_line(session, session.result())
    assert shown.startswith("no score yet: 1 frames counted, 0 landing (expected at least 2 ")
    write_frame(watched.folder / "1.png", 1)
    take_all(session)
    assert summary_line(session, session.result()).startswith("score ")


def test_a_watch_shows_the_verdict_and_its_notes(
    watched: Watched, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    session = watched.open()
    for number in range(4):
        write_frame(watched.folder / f"{number}.png", number)
    take_all(session)
    result = session.result()
    assert result is not None
    assert summary_line(session, result).endswith(result.verdict)
    noted = dataclasses.replace(result, warnings=("mind the hubs",))
    with WatchView(quiet=False) as view:
        view.show(session, noted, is_new=True)
    shown = capsys.readouterr().err
    assert result.verdict in shown
    assert "mind the hubs" in shown


def test_a_watch_of_objects_shows_each_view_and_what_they_say_together(
    tmp_path: Path,
    save_model: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for package in ("onnxruntime", "pycocotools"):
        pytest.importorskip(package, reason=f"needs {package}")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    frames = annotated_frames(tmp_path, save_model())
    session = frames.open(patience=600.0)
    late, *others = frames.names()
    for name in others:
        frames.annotate(name)
        frames.land(name)
    frames.land(late)
    take(session)
    result = session.result()
    assert result is not None
    assert result.views is not None
    line = summary_line(session, result)
    assert line.endswith(result.views.verdict)
    assert "1 landing (1 without annotation yet)" in line
    with WatchView(quiet=False) as view:
        view.show(session, result, is_new=True)
    shown = capsys.readouterr().err
    for name in ("All objects", "World around them", "Whole scenes"):
        assert name in shown
    assert "1 landing, 1 of them without annotation yet" in shown


def test_a_sparkline_spans_from_the_lowest_to_the_highest() -> None:
    assert sparkline([0.0, 1.0, 0.6]) == "▁█▅"
    assert sparkline([0.5, 0.5]) == "▁▁"
