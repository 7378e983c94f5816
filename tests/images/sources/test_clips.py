"""A clip gives the frames that a player shows at equal intervals; one clip is one group."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

from small_clips import STEP, write_clip
from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.embedding.sides import open_source
from twinscore.images.sources import FolderSource
from twinscore.images.sources.clips import Clip

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from twinscore.images.records import ImageItem

av = pytest.importorskip("av", reason="needs the extra video")


def shown(items: Iterable[ImageItem]) -> list[int | str]:
    """Number of the frame in every item, or the reason why there is none."""
    result: list[int | str] = []
    for content in (item.in_hand().content for item in items):
        if isinstance(content, np.ndarray):
            assert content.shape == (48, 64, 3)
            result.append(round(float(content.mean()) / STEP))
        else:
            try:
                content.read()  # type: ignore[union-attr]
            except UnreadableImageError as error:
                result.append(str(error))
    return result


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (1.0, [0, 10, 20]),
        (0.5, [0, 5, 10, 15, 20]),
        (0.75, [0, 7, 15, 22]),
        (60.0, [0]),
        (0.001, list(range(25))),
    ],
)
@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_frames_are_those_shown_at_the_interval(
    tmp_path: Path, interval: float, expected: list[int], ending: str
) -> None:
    clip = Clip(write_clip(tmp_path / f"a.{ending}", 25), interval=interval)
    assert shown(clip) == expected
    assert len(clip) == len(expected)
    assert shown(clip) == expected


def test_a_frame_is_shown_until_the_next_one_and_taken_once(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", 4, times=[0, 2, 13, 20])
    items = list(Clip(path, interval=0.5))
    assert shown(items) == [0, 1, 2, 3]
    assert [item.columns["seconds"] for item in items] == ["0", "0.5", "1.5", "2"]


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize(
    ("times", "interval"),
    [
        ([0, 30, 60, 90, 120], 1.0),
        ([0, 30, 35, 90, 120], 0.5),
        ([0, 1, 4, 5, 10, 19], 0.001),
        ([0, 600], 1.0),
    ],
)
def test_where_frames_are_fewer_than_intervals_all_are_taken(
    tmp_path: Path, times: list[int], interval: float, ending: str
) -> None:
    clip = Clip(write_clip(tmp_path / f"a.{ending}", len(times), times=times), interval=interval)
    assert shown(clip) == list(range(len(times)))
    assert len(clip) == len(times)


def test_names_groups_and_columns_tell_clip_and_time(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", 12)
    items = list(open_source(path, side="real", video_interval=0.5))  # type: ignore[arg-type]
    assert [item.name for item in items] == [f"{path} at {s} s" for s in ("0", "0.5", "1")]
    assert {item.group for item in items} == {str(path)}
    assert [item.columns["seconds"] for item in items] == ["0", "0.5", "1"]


def test_clips_in_a_folder_stand_among_the_images(tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "a.jpg").write_bytes(b"never decoded here")
    write_clip(tmp_path / "day" / "b.mp4", 12)
    (tmp_path / "day" / "c.mov").write_bytes(b"no clip")
    source = FolderSource(tmp_path)
    items = list(source)
    assert len(source) == len(items) == 4
    names = [item.name.removeprefix(f"{tmp_path}/day/") for item in items]
    assert names == ["a.jpg", "b.mp4 at 0 s", "b.mp4 at 1 s", "c.mov"]
    assert [item.group for item in items] == [None, *[f"{tmp_path}/day/b.mp4"] * 2, None]
    assert {item.columns["folder:1"] for item in items} == {"day"}
    (reason,) = shown(items[3:])
    assert str(reason).startswith("not a video that can be read")
    grouped = open_source(tmp_path, side="real", group_by="folder")
    assert {item.group for item in grouped} == {"day"}  # type: ignore[union-attr]


def test_a_cut_clip_gives_the_frames_before_the_cut(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", 30, codec="mjpeg")
    content = path.read_bytes()
    clip = Clip(path, interval=0.3)
    path.write_bytes(content[: len(content) // 2])
    numbers = shown(clip)
    assert len(numbers) == len(clip) == 10
    whole = [number for number in numbers if isinstance(number, int)]
    assert 3 <= len(whole) <= 6
    assert whole == [3 * n for n in range(len(whole))]
    assert all("clip" in str(reason) for reason in numbers[len(whole) :])


def test_what_is_no_clip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"no clip")
    with pytest.raises(ValueError, match=r"a\.mp4': not a video that can be read"):
        open_source(path, side="real")


def test_without_pyav_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_clip(tmp_path / "a.mp4", 3)
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(MissingExtraError, match=r"video .*pip install '(twinscore|\.)\[video\]'"):
        open_source(path, side="real")


@pytest.mark.parametrize(("skipped", "kept"), [(0, 25), (5, 20), (14, 11), (0, 10)])
def test_what_an_edit_list_leaves_out_is_left_out(tmp_path: Path, skipped: int, kept: int) -> None:
    path = write_clip(tmp_path / "a.mp4", 25)
    content = bytearray(path.read_bytes())
    # Version 0: count, then duration in ticks of the film, start in ticks of the track, rate.
    entry = content.index(b"elst") + 8
    count, duration, start = struct.unpack_from(">IIi", content, entry)
    assert count == 1
    ticks = read_ticks_of_a_frame(path)
    struct.pack_into(">Ii", content, entry + 4, duration * kept // 25, start + skipped * ticks)
    path.write_bytes(content)
    clip = Clip(path, interval=0.1)
    assert shown(clip) == list(range(skipped, skipped + kept))
    assert [item.columns["seconds"] for item in clip][:3] == ["0", "0.1", "0.2"]


def read_ticks_of_a_frame(path: Path) -> int:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return int(1 / (10 * stream.time_base))


def test_frames_before_damage_are_kept(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", 30, codec="mjpeg")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    numbers = shown(Clip(path, interval=0.1))
    assert 10 <= len(numbers) <= 20
    whole = [number for number in numbers if isinstance(number, int)]
    assert whole == list(range(len(whole)))
    assert len(whole) >= len(numbers) - 1
