from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from twinscore.watching import WatchSession, WatchSettings
from twinscore.watching.json_lines import JsonLines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def real(make_folder: Callable[..., Path]) -> Path:
    return make_folder("real", {"a": 8, "b": 4})


@pytest.fixture
def renders(tmp_path: Path) -> Path:
    folder = tmp_path / "renders"
    folder.mkdir()
    return folder


def write_frame(file: Path, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 40, 3), dtype=np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)


def open_session(folder: Path, real: Path, *, group_by: str | None = None) -> WatchSession:
    return WatchSession(
        folder,
        WatchSettings(str(real), capacity=100, group_by=group_by),
        state=folder / ".state.npz",
        settle=0.0,
    )


def assert_equals_batch(session: WatchSession, real: Path, renders: Path) -> None:
    result = session.result()
    assert result is not None
    expected = ts.score(real, renders, diagnostics=False, allow_skips=True)
    assert result.score == expected.score
    assert result.n_seen == expected.n_synthetic == session.counted


def take_all(session: WatchSession) -> None:
    session.rescan()
    while session.has_finished:
        session.take_finished()


def test_every_frame_of_the_tree_counts_once(real: Path, renders: Path) -> None:
    session = open_session(renders, real)
    assert session.result() is None
    for number in range(6):
        write_frame(renders / f"pass{number % 2}" / f"{number}.png", number)
    write_frame(renders / ".hidden" / "0.png", 9)
    (renders / "notes.txt").write_text("no frame")
    take_all(session)
    take_all(session)
    assert session.counted == 6
    assert_equals_batch(session, real, renders)


def test_replaced_renamed_and_deleted_frames(real: Path, renders: Path) -> None:
    session = open_session(renders, real)
    for number in range(6):
        write_frame(renders / "shot" / f"{number}.png", number)
    take_all(session)
    write_frame(renders / "shot" / "0.png", 100)
    (renders / "shot" / "1.png").rename(renders / "shot" / "renamed.png")
    (renders / "shot" / "2.png").unlink()
    files = [renders / "shot" / name for name in ("0.png", "1.png", "renamed.png", "2.png")]
    assert session.notice(files) == 2
    while session.has_finished:
        session.take_finished()
    assert session.counted == 5
    assert_equals_batch(session, real, renders)


def test_a_folder_that_leaves_takes_its_frames_along(real: Path, renders: Path) -> None:
    session = open_session(renders, real)
    for number in range(6):
        write_frame(renders / f"shot{number % 2}" / f"{number}.png", number)
    take_all(session)
    (renders / "shot1").rename(renders.parent / "elsewhere")
    assert session.notice([renders / "shot1"]) == 3
    assert_equals_batch(session, real, renders)


def test_a_frame_is_not_read_while_it_is_written(real: Path, renders: Path) -> None:
    session = open_session(renders, real)
    write_frame(renders / "whole.png", 0)
    content = (renders / "whole.png").read_bytes()
    half = renders / "half.png"
    half.write_bytes(content[: len(content) // 2])
    (renders / "empty.png").touch()
    take_all(session)
    assert session.counted == 1
    assert session.unreadable == {"half.png": "truncated file"}
    assert session.waiting == 1
    half.write_bytes(content)
    session.notice([half])
    session.take_finished()
    assert session.unreadable == {}
    assert session.counted == 2


def test_a_frame_waits_until_it_has_settled(real: Path, renders: Path) -> None:
    session = WatchSession(
        renders, WatchSettings(str(real)), state=renders / ".state.npz", settle=3600.0
    )
    write_frame(renders / "fresh.png", 0)
    session.rescan()
    assert session.waiting == 1
    assert not session.has_finished


def test_a_restart_counts_nothing_twice_and_loses_nothing(real: Path, renders: Path) -> None:
    first = open_session(renders, real)
    for number in range(5):
        write_frame(renders / f"{number}.png", number)
    take_all(first)
    first.save()
    # Landed after the last save, so lost with the process: read again.
    write_frame(renders / "5.png", 5)
    take_all(first)
    write_frame(renders / "0.png", 50)
    (renders / "1.png").unlink()
    second = open_session(renders, real)
    assert second.counted == 5
    take_all(second)
    assert second.counted == 5
    assert_equals_batch(second, real, renders)


def test_groups_are_the_folders(real: Path, renders: Path) -> None:
    session = open_session(renders, real, group_by="folder")
    for number in range(6):
        write_frame(renders / f"shot{number % 3}" / f"{number}.png", number)
    take_all(session)
    result = session.result()
    assert result is not None
    expected = ts.score(real, renders, group_by="folder", diagnostics=False)
    assert result.score == expected.score


def test_the_state_of_another_watch_is_refused(real: Path, renders: Path) -> None:
    session = open_session(renders, real)
    session.save()
    state = renders / ".state.npz"
    with pytest.raises(ValueError, match=r"another watch \(k was 1, now 2\): delete it"):
        WatchSession(renders, WatchSettings(str(real), k=2, capacity=100), state=state)
    write_frame(real / "a" / "new.png", 0)
    with pytest.raises(ValueError, match="the real images have changed"):
        open_session(renders, real)


def test_a_missing_folder_is_one_clear_error(real: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a folder to watch"):
        open_session(tmp_path / "missing", real)


def test_json_lines_survive_a_crash_in_the_middle_of_a_line(tmp_path: Path) -> None:
    file = tmp_path / "scores.jsonl"
    JsonLines(file).append({"a": 1})
    with file.open("a") as opened:
        opened.write('{"a": 2, "unfinis')
    JsonLines(file).append({"a": 3})
    assert file.read_text() == '{"a": 1}\n{"a": 3}\n'


def test_a_file_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot write to"):
        JsonLines(tmp_path / "missing" / "scores.jsonl")
