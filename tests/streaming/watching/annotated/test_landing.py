"""Frames whose annotations land beside them, in whatever order and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from annotated_frames import assert_equals_batch, figures, take
from twinscore.streaming.watching.frame_annotations import FrameAnnotations

if TYPE_CHECKING:
    from annotated_frames import AnnotatedFrames

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")


@pytest.mark.parametrize("order", ["before", "after", "among"])
def test_annotations_may_land_before_their_frames_after_them_or_among_them(
    frames: AnnotatedFrames, order: str
) -> None:
    session = frames.open(patience=600.0)
    names = frames.names()
    early = {"before": len(names), "after": 0, "among": 4}[order]
    for name in names[:early]:
        frames.annotate(name)
    take(session)
    for name in names:
        frames.land(name)
    take(session)
    assert session.counted == early
    assert session.lacking_annotations == len(names) - early
    for name in names[early:]:
        frames.annotate(name)
    take(session)
    assert session.counted == len(names)
    assert session.lacking_annotations == 0
    assert_equals_batch(frames, session.result())


def test_one_file_for_all_frames_may_be_written_anew_as_they_land(frames: AnnotatedFrames) -> None:
    session = frames.open(patience=600.0)
    names = frames.names()
    for count, name in enumerate(names, start=1):
        frames.land(name)
        frames.annotate_all(names[:count])
        take(session)
        assert session.counted == count
    assert_equals_batch(frames, session.result())


def test_a_file_that_is_half_written_costs_nothing(frames: AnnotatedFrames) -> None:
    session = frames.open(patience=600.0)
    names = frames.names()
    for name in names:
        frames.land(name)
    frames.annotate_all(names[:5])
    take(session)
    whole = frames.boxes.read_text()
    frames.boxes.write_text(whole[:200])
    take(session)
    assert session.counted == 5
    found = session.result()
    assert found is not None
    assert any("annotations cannot be read at the moment" in note for note in found.warnings)
    frames.annotate_all(names)
    take(session)
    assert session.counted == len(names)
    assert_equals_batch(frames, session.result())


def test_a_frame_counts_without_its_objects_after_a_while_and_with_them_once_they_are_there(
    frames: AnnotatedFrames,
) -> None:
    session = frames.open(patience=0.0)
    first, *others = frames.names()
    for name in others:
        frames.annotate(name)
        frames.land(name)
    frames.land(first)
    take(session)
    result = session.result()
    assert session.counted == len(others) + 1
    assert result is not None
    assert any(
        note.startswith("1 synthetic image not annotated so far") for note in result.warnings
    )
    frames.annotate(first)
    take(session)
    assert_equals_batch(frames, session.result())
    assert session.objects is not None
    assert session.objects.unannotated == 0


def test_an_annotation_that_changes_replaces_the_objects_of_its_frame(
    frames: AnnotatedFrames,
) -> None:
    session = frames.open()
    frames.land_annotated(frames.names())
    take(session)
    before = figures(session.result())
    label = frames.labels / f"{frames.names()[0].removesuffix('.png')}.txt"
    lines = label.read_text().splitlines(keepends=True)
    label.write_text(lines[0])
    take(session)
    after = figures(session.result())
    assert after["items"][-1] == before["items"][-1] - len(lines) + 1
    assert_equals_batch(frames, session.result())
    assert session.objects is not None
    assert sum(session.objects.classes.values()) == after["items"][-1]


def test_a_frame_that_is_deleted_takes_its_objects_along(frames: AnnotatedFrames) -> None:
    session = frames.open()
    frames.land_annotated(frames.names())
    take(session)
    (frames.folder / "shot" / frames.names()[2]).unlink()
    take(session)
    assert session.counted == len(frames.names()) - 1
    result = session.result()
    assert result is not None
    (frames.labels / f"{frames.names()[2].removesuffix('.png')}.txt").unlink()
    assert_equals_batch(frames, result)


def test_what_is_wrong_with_an_annotation_is_said_and_forgotten_once_it_is_mended(
    frames: AnnotatedFrames,
) -> None:
    session = frames.open()
    frames.land_annotated(frames.names())
    label = frames.labels / f"{frames.names()[0].removesuffix('.png')}.txt"
    good = label.read_text()
    label.write_text(good + "car 0.00 0 0.00 nan 1 20 20 1 1 1 0 0 0 0\n")
    take(session)
    assert session.objects is not None
    (record,) = session.objects.problems
    assert label.name in record
    result = session.result()
    assert result is not None
    assert any("1 synthetic annotation not as" in note for note in result.warnings)
    label.write_text(good)
    take(session)
    assert session.objects is not None
    assert session.objects.problems == {}


def test_a_frame_that_cannot_be_read_counts_in_no_view(frames: AnnotatedFrames) -> None:
    session = frames.open()
    frames.land_annotated(frames.names())
    broken = frames.folder / "shot" / frames.names()[0]
    broken.write_bytes(broken.read_bytes()[:100])
    take(session)
    assert list(session.unreadable) == [f"shot/{broken.name}"]
    assert session.counted == len(frames.names()) - 1
    shown = figures(session.result())
    assert shown["scenes"][-1] == shown["environment"][-1] == len(frames.names()) - 1


def test_a_frame_waits_until_somebody_has_looked_for_its_annotation(
    frames: AnnotatedFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = frames.open(patience=0.0)
    session.rescan()
    name = frames.names()[0]
    frames.annotate(name)
    frames.land(name)
    monkeypatch.setattr(FrameAnnotations, "is_due", False)
    session.notice([frames.folder / "shot" / name])
    assert session.take_finished() == 0
    assert session.lacking_annotations == 1
    assert session.is_busy
    monkeypatch.setattr(FrameAnnotations, "is_due", True)
    assert session.take_finished() == 1
    assert session.objects is not None
    assert session.objects.unannotated == 0
