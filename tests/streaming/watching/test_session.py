from __future__ import annotations

import dataclasses
import errno
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from twinscore.base.errors import SettingError
from twinscore.streaming.scorer import StreamingScorer
from twinscore.streaming.watching import WatchSession, WatchSettings
from watched_folder import land, take_all, take_noticed, write_frame

if TYPE_CHECKING:
    from watched_folder import Watched


def test_every_frame_of_the_tree_counts_once(watched: Watched) -> None:
    session = watched.open()
    assert session.result() is None
    land(watched, 6)
    write_frame(watched.folder / ".hidden" / "0.png", 9)
    (watched.folder / "notes.txt").write_text("no frame")
    (watched.folder / "link.png").symlink_to(watched.folder / "shot0" / "0.png")
    take_all(session)
    take_all(session)
    assert session.counted == 6
    watched.assert_equals_batch(session)


def test_replaced_renamed_and_deleted_frames(watched: Watched) -> None:
    session = watched.open()
    files = land(watched, 6, folders=1)
    take_all(session)
    write_frame(files[0], 100)
    renamed = files[1].rename(files[1].with_name("renamed.png"))
    files[2].unlink()
    assert session.notice([*files[:3], renamed]) == 2
    take_noticed(session)
    assert session.counted == 5
    watched.assert_equals_batch(session)


@pytest.mark.parametrize("capacity", [4, 100])
def test_replaced_frames_leave_no_trace(watched: Watched, capacity: int) -> None:
    session = watched.open(capacity=capacity)
    files = land(watched, 12)
    take_all(session)
    session.result()
    for number in (0, 3, 5, 11):
        # Nearly as it was: its older self would be its nearest neighbor.
        write_frame(files[number], number + 500)
    take_all(session)
    write_frame(files[3], 900)
    take_all(session)
    (watched.folder / ".state.npz").unlink(missing_ok=True)
    fresh = watched.open(capacity=capacity)
    take_all(fresh)
    found, expected = session.result(), fresh.result()
    assert found is not None
    assert expected is not None
    for name in ("score", "reverse_score", "n_seen", "n_kept", "sampling", "warnings"):
        assert getattr(found, name) == getattr(expected, name), name
    assert found.n_kept == min(capacity, 12)


def test_a_folder_that_leaves_takes_its_frames_along(watched: Watched) -> None:
    session = watched.open()
    land(watched, 6)
    take_all(session)
    (watched.folder / "shot1").rename(watched.folder.parent / "elsewhere")
    assert session.notice([watched.folder / "shot1"]) == 3
    watched.assert_equals_batch(session)


def test_a_folder_that_arrives_under_another_name_brings_its_frames(watched: Watched) -> None:
    session = watched.open()
    land(watched, 6)
    take_all(session)
    # All that is told of: nothing is said of the files in it.
    moved = (watched.folder / "shot1").rename(watched.folder / "approved")
    session.notice([watched.folder / "shot1", moved])
    take_noticed(session)
    assert session.counted == 6
    watched.assert_equals_batch(session)


def test_a_folder_given_relative_to_where_one_is(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(watched.folder.parent)
    settings = WatchSettings(str(watched.real), model=str(watched.model))
    session = WatchSession(Path("renders"), settings, state=Path("state.npz"), settle=0.0)
    session.notice(land(watched, 4))
    take_noticed(session)
    assert session.counted == 4


def test_a_frame_is_not_read_while_it_is_written(watched: Watched) -> None:
    session = watched.open()
    content = write_frame(watched.folder / "whole.png", 0).read_bytes()
    half = watched.folder / "half.png"
    half.write_bytes(content[: len(content) // 2])
    (watched.folder / "empty.png").touch()
    take_all(session)
    assert session.counted == 1
    assert session.unreadable == {"half.png": "truncated file"}
    assert session.waiting == 1
    half.write_bytes(content)
    session.notice([half])
    take_noticed(session)
    assert session.unreadable == {}
    assert session.counted == 2


def test_a_frame_waits_until_it_has_settled(watched: Watched) -> None:
    state = watched.folder / ".state.npz"
    settings = WatchSettings(str(watched.real), model=str(watched.model))
    session = WatchSession(watched.folder, settings, state=state, settle=3600.0)
    land(watched, 1)
    session.rescan()
    assert session.waiting == 1
    assert not session.has_finished


def test_a_file_that_stays_empty_keeps_nobody_waiting(watched: Watched) -> None:
    session = watched.open()
    (watched.folder / "empty.png").touch()
    session.rescan()
    assert session.waiting == 1
    is_busy = [session.is_busy]
    write_frame(watched.folder / "empty.png", 0)
    session.rescan()
    assert [*is_busy, session.is_busy] == [False, True]
    take_all(session)
    assert (session.counted, session.waiting) == (1, 0)


def test_a_frame_written_to_while_it_is_read_waits_again(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = watched.open()
    files = land(watched, 3)
    session.rescan()
    embed_items = ts.Embedder.embed_items

    def meanwhile(embedder: ts.Embedder, items: Any, **options: Any) -> Any:
        found = embed_items(embedder, items, **options)
        write_frame(files[1], 77)
        return found

    with monkeypatch.context() as context:
        context.setattr(ts.Embedder, "embed_items", meanwhile)
        session.take_finished()
    assert (session.counted, session.waiting) == (2, 1)
    take_noticed(session)
    watched.assert_equals_batch(session)


def test_ctrl_c_while_frames_are_entered_loses_none_of_them(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = watched.open()
    land(watched, 4)
    update = StreamingScorer.update

    def interrupted(scorer: StreamingScorer, *arguments: Any, **options: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return update(scorer, *arguments, **options)

    with monkeypatch.context() as context:
        context.setattr(StreamingScorer, "update", interrupted)
        with pytest.raises(KeyboardInterrupt):
            take_all(session)
    session.save()
    resumed = watched.open()
    take_all(resumed)
    assert resumed.counted == 4
    watched.assert_equals_batch(resumed)


def test_groups_are_the_folders(watched: Watched) -> None:
    session = watched.open(group_by="folder")
    land(watched, 6, folders=3)
    take_all(session)
    watched.assert_equals_batch(session, group_by="folder")


def test_groups_may_be_the_outermost_folders(watched: Watched) -> None:
    session = watched.open(group_by="folder:1")
    for number in range(6):
        place = watched.folder / f"scene{number % 2}" / f"camera{number % 3}" / f"{number}.png"
        write_frame(place, number)
    take_all(session)
    watched.assert_equals_batch(session, group_by="folder:1")


def test_a_column_that_frames_do_not_have_is_refused(watched: Watched) -> None:
    with pytest.raises(SettingError, match=r"columns that frames have .* got 'scene'"):
        watched.open(group_by="scene")


def test_clips_count_by_their_frames_as_in_a_score_of_the_folder(watched: Watched) -> None:
    pytest.importorskip("av", reason="needs the extra video")
    from small_clips import write_clip

    session = watched.open(video_interval=0.5)
    land(watched, 3)
    clip = write_clip(watched.folder / "shot0" / "take.mp4", 20)
    (watched.folder / "half.mp4").write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    take_all(session)
    assert session.counted == 3 + 4
    assert list(session.unreadable) == ["half.mp4"]
    watched.assert_equals_batch(session, video_interval=0.5)
    write_clip(clip, 10)
    (watched.folder / "half.mp4").unlink()
    take_all(session)
    assert session.counted == 3 + 2
    assert session.unreadable == {}
    session.save()
    resumed = watched.open(video_interval=0.5)
    clip.unlink()
    take_all(resumed)
    assert resumed.counted == 3
    watched.assert_equals_batch(resumed, video_interval=0.5)


def test_exposure_is_that_of_a_score_of_the_folder(watched: Watched) -> None:
    oiio = pytest.importorskip("OpenImageIO", reason="needs the extra vfx")
    session = watched.open(exposure=2.0)
    for number in range(3):
        light = np.random.default_rng(number).random((32, 40, 3), dtype=np.float32) / 4
        image = oiio.ImageBuf(light)
        assert image.write(str(watched.folder / f"{number}.exr"))
    take_all(session)
    watched.assert_equals_batch(session, exposure=2.0)
    plain = ts.score(watched.real, watched.folder, diagnostics=False, model=watched.model)
    result = session.result()
    assert result is not None
    assert result.preprocessing != plain.preprocessing


def test_a_missing_folder_is_one_clear_error(watched: Watched) -> None:
    with pytest.raises(FileNotFoundError, match="expected a folder to watch"):
        dataclasses.replace(watched, folder=watched.folder / "missing").open()


def test_a_folder_that_is_gone_ends_the_watch_with_its_score(watched: Watched) -> None:
    session = watched.open()
    land(watched, 4)
    take_all(session)
    watched.folder.rename(watched.folder.with_name("archived"))
    with pytest.raises(FileNotFoundError, match=r"the folder .*renders' is gone"):
        session.rescan()
    assert session.counted == 4


def test_frames_that_cannot_be_looked_at_for_a_moment_still_count(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = watched.open()
    files = land(watched, 6)
    take_all(session)
    scandir, lstat = os.scandir, Path.lstat

    def unreachable_folder(folder: Any) -> Any:
        if Path(folder).name == "shot1":
            raise OSError(errno.ESTALE, "Stale file handle", folder)
        return scandir(folder)

    def unreachable_file(file: Path) -> os.stat_result:
        if file == files[0]:
            raise OSError(errno.EIO, "Input/output error", file)
        return lstat(file)

    with monkeypatch.context() as context:
        context.setattr(os, "scandir", unreachable_folder)
        context.setattr(Path, "lstat", unreachable_file)
        assert session.rescan() == 0
        assert session.notice(files) == 0
    assert session.counted == 6
    files[1].unlink()
    assert session.rescan() == 1


def test_frames_that_become_darker_are_said_to_after_a_restart_too(watched: Watched) -> None:
    session = watched.open()
    random = np.random.default_rng(0)
    for number in range(280):
        pixels = random.integers(0, 256 - number // 2, (24, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(watched.folder / f"{number:04}.png", compress_level=0)
    take_all(session)
    result = session.result()
    assert result is not None
    found = {drift.fact: drift for drift in result.drift}["brightness"]
    assert found.now < found.before
    assert found.sentence.startswith("Later frames are darker than earlier ones (")
    assert "photographs" in found.sentence
    session.save()
    again = watched.open().result()
    assert again is not None
    assert again.drift == result.drift
