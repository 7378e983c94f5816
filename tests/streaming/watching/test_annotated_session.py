"""Frames whose annotations land beside them, in whatever order and form."""

from __future__ import annotations

import dataclasses
import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from annotated_frames import annotated_frames, figures, take
from twinscore.images.views.settings import ViewSettings
from twinscore.streaming.watching.frame_annotations import FrameAnnotations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from annotated_frames import AnnotatedFrames
    from twinscore.streaming import StreamResult

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")


@pytest.fixture
def frames(tmp_path: Path, save_model: Callable[..., Path]) -> AnnotatedFrames:
    return annotated_frames(tmp_path, save_model())


@pytest.fixture(autouse=True)
def looked_at_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at annotations whenever frames are looked at, not once a second."""
    monkeypatch.setattr(FrameAnnotations, "is_due", True)


def assert_equals_batch(frames: AnnotatedFrames, result: StreamResult | None) -> None:
    """Compare with the score of what lies in the folder."""
    expected = ts.score(
        frames.real,
        frames.folder,
        synthetic_objects=frames.labels,
        model=frames.model,
        diagnostics=False,
        richness=False,
        threads=1,
    )
    assert expected.views is not None
    assert result is not None
    assert result.views is not None
    assert list(result.views) == list(expected.views) == ["items", "environment", "scenes"]
    for view, each in result.views.items():
        assert each.score == expected.views[view].score, view
        assert each.n_seen == expected.views[view].n_synthetic, view


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
    for name in frames.names():
        frames.land(name)
        frames.annotate(name)
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
    for name in frames.names():
        frames.land(name)
        frames.annotate(name)
    take(session)
    (frames.folder / "shot" / frames.names()[2]).unlink()
    take(session)
    assert session.counted == len(frames.names()) - 1
    result = session.result()
    assert result is not None
    (frames.labels / f"{frames.names()[2].removesuffix('.png')}.txt").unlink()
    assert_equals_batch(frames, result)


def test_a_restart_counts_nothing_twice_and_goes_on(frames: AnnotatedFrames) -> None:
    names = frames.names()
    first = frames.open()
    for name in names[:5]:
        frames.land(name)
        frames.annotate(name)
    take(first)
    first.save()
    for name in names[5:]:
        frames.land(name)
        frames.annotate(name)
    # Changed while nobody watched.
    (frames.labels / f"{names[0].removesuffix('.png')}.txt").write_text("")
    second = frames.open()
    assert second.counted == 5
    take(second)
    assert second.counted == len(names)
    assert_equals_batch(frames, second.result())


def test_the_state_of_a_watch_of_whole_frames_is_not_that_of_objects(
    frames: AnnotatedFrames,
) -> None:
    whole = frames.open(real=str(frames.real.parent / "images"), views=None)
    whole.save()
    with pytest.raises(ValueError, match="another watch"):
        frames.open(real=str(frames.real.parent / "images"))


def test_a_watch_that_looks_at_objects_in_another_way_is_another_watch(
    frames: AnnotatedFrames,
) -> None:
    frames.open().save()
    other = ViewSettings(smallest=20, synthetic_objects=str(frames.labels))
    with pytest.raises(ValueError, match="smallest was 16, now 20"):
        frames.open(views=other)


def test_masks_below_the_watched_folder_are_no_frames(
    frames: AnnotatedFrames,
) -> None:
    masks = frames.folder / "masks" / "shot"
    masks.mkdir(parents=True)
    session = frames.open(views=ViewSettings(synthetic_objects=str(frames.folder / "masks")))
    for name in frames.names():
        frames.land(name)
        with Image.open(frames.folder / "shot" / name) as frame:
            values = np.zeros((frame.height, frame.width), np.uint8)
        for number, each in enumerate(frames.objects_in(name), start=1):
            left, top, width, height = map(int, each["bbox"])
            values[top : top + height, left : left + width] = number
        Image.fromarray(values).save(masks / name)
    take(session)
    result = session.result()
    assert session.counted == len(frames.names())
    assert figures(result)["items"][-1] == len(frames.document["annotations"])


def test_what_is_wrong_with_an_annotation_is_said_and_forgotten_once_it_is_mended(
    frames: AnnotatedFrames,
) -> None:
    session = frames.open()
    for name in frames.names():
        frames.land(name)
        frames.annotate(name)
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
    for name in frames.names():
        frames.land(name)
        frames.annotate(name)
    broken = frames.folder / "shot" / frames.names()[0]
    broken.write_bytes(broken.read_bytes()[:100])
    take(session)
    assert list(session.unreadable) == [f"shot/{broken.name}"]
    assert session.counted == len(frames.names()) - 1
    shown = figures(session.result())
    assert shown["scenes"][-1] == shown["environment"][-1] == len(frames.names()) - 1


def test_a_store_of_real_images_with_their_objects_needs_no_annotations(
    frames: AnnotatedFrames, tmp_path: Path
) -> None:
    store = tmp_path / "real.store"
    ts.embed(frames.real, store, model=frames.model, views=("items", "environment"))
    for name in frames.names():
        frames.land(name)
        frames.annotate(name)
    of_images, of_store = frames.open(), None
    take(of_images)
    frames.folder.with_name("state.npz").unlink(missing_ok=True)
    of_store = frames.open(real=str(store))
    take(of_store)
    assert figures(of_store.result()) == figures(of_images.result())


def damaged(header: dict[str, Any]) -> None:
    header["notes"]["objects"][0][3]["classes"]["car"] = -1


def test_a_damaged_state_is_refused(frames: AnnotatedFrames) -> None:
    session = frames.open()
    for name in frames.names():
        frames.land(name)
        frames.annotate(name)
    take(session)
    session.save()
    state = frames.folder.with_name("state.npz")
    with np.load(state) as archive:
        arrays = dict(archive)
    header = json.loads(str(arrays["header"]))
    damaged(header)
    np.savez(state, **{**arrays, "header": np.array(json.dumps(header))})
    with pytest.raises(ValueError, match="not the complete state of a watch: 'car'"):
        frames.open()


def yolo_line(frames: AnnotatedFrames, name: str, number: int = 0) -> str:
    with Image.open(frames.scenes / "images" / name) as frame:
        size = frame.size
    lines = []
    for each in frames.objects_in(name):
        left, top, width, height = each["bbox"]
        x, y = (left + width / 2) / size[0], (top + height / 2) / size[1]
        lines.append(f"{number} {x:.6f} {y:.6f} {width / size[0]:.6f} {height / size[1]:.6f}\n")
    return "".join(lines)


def test_what_a_missing_file_means_is_known_once_others_have_landed(
    frames: AnnotatedFrames,
) -> None:
    session = frames.open(patience=0.0)
    others = frames.names()[1:]
    for name in frames.names():
        frames.land(name)
    take(session)
    assert session.objects is not None
    assert session.objects.unannotated == len(others) + 1
    frames.labels.mkdir()
    for name in others:
        (frames.labels / f"{name.removesuffix('.png')}.txt").write_text(yolo_line(frames, name))
    take(session)
    # An image without a file has no objects where labels are those of YOLO.
    assert session.objects.unannotated == 0
    assert_equals_batch(frames, session.result())


@pytest.mark.parametrize("listed", ["car\nsign\n", "car\n\nsign\n"])
def test_names_of_classes_may_land_after_the_labels(frames: AnnotatedFrames, listed: str) -> None:
    session = frames.open()
    frames.labels.mkdir()
    for name in frames.names():
        frames.land(name)
        label = frames.labels / f"{name.removesuffix('.png')}.txt"
        label.write_text(yolo_line(frames, name, number=1))
    take(session)
    assert session.objects is not None
    assert set(session.objects.classes) == {"1"}
    (frames.labels / "classes.txt").write_text(listed)
    take(session)
    is_named = listed == "car\nsign\n"
    assert set(session.objects.classes) == ({"sign"} if is_named else set())
    assert bool(session.objects.problems) != is_named
    if is_named:
        assert_equals_batch(frames, session.result())


@pytest.mark.parametrize("place", [".", "shot"])
def test_labels_may_lie_among_the_frames(frames: AnnotatedFrames, place: str) -> None:
    among = dataclasses.replace(frames, labels=frames.folder / place)
    session = among.open(patience=600.0)
    names = frames.names()
    for name in names[:4]:
        frames.land(name)
    take(session)
    # Frames are no masks of themselves.
    assert session.counted == 0
    assert session.annotation_trouble is not None or place == "shot"
    beside = dataclasses.replace(frames, labels=frames.folder / "shot")
    for name in names:
        beside.annotate(name)
    for name in names[4:]:
        frames.land(name)
    take(session)
    take(session)
    assert session.counted == len(names)
    assert session.annotation_trouble is None
    assert_equals_batch(among, session.result())


def test_annotations_that_are_away_at_a_restart_cost_nothing(frames: AnnotatedFrames) -> None:
    names = frames.names()
    first = frames.open()
    for name in names[:6]:
        frames.land(name)
    frames.annotate_all(names[:6])
    take(first)
    before = figures(first.result())
    first.save()
    frames.boxes.write_text("half of it")
    second = frames.open()
    take(second)
    assert figures(second.result()) == before
    for name in names[6:]:
        frames.land(name)
    frames.annotate_all(names[1:])
    take(second)
    second.rescan()
    assert second.objects is not None
    assert second.objects.unannotated == 1
    frames.annotate_all(names)
    take(second)
    assert_equals_batch(frames, second.result())


def test_masks_are_told_from_frames_whenever_the_folder_is_listed(
    frames: AnnotatedFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    masks = frames.folder / "masks" / "shot"
    masks.mkdir(parents=True)
    for name in frames.names():
        frames.land(name)
        Image.fromarray(np.eye(80, 120, dtype=np.uint8)).save(masks / name)
    monkeypatch.setattr(FrameAnnotations, "is_due", False)
    session = frames.open(views=ViewSettings(synthetic_objects=str(frames.folder / "masks")))
    take(session)
    assert session.objects is not None
    assert session.objects.unannotated == 0
    session.rescan()
    assert session.waiting == 0
    assert session.objects.problems == {}


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


def test_an_annotation_that_fits_several_frames_is_said_and_taken_for_none(
    frames: AnnotatedFrames,
) -> None:
    session = frames.open()
    for name in frames.names():
        frames.land(name)
        frames.annotate(name)
    take(session)
    twin = frames.folder / "other" / frames.names()[0]
    twin.parent.mkdir()
    shutil.copy(frames.folder / "shot" / twin.name, twin)
    take(session)
    assert session.objects is not None
    assert session.objects.unannotated == 2
    (reason,) = session.objects.problems.values()
    assert "fits several images equally well" in reason
    assert_equals_batch(frames, session.result())
    twin.unlink()
    take(session)
    assert session.objects.problems == {}
    assert session.objects.unannotated == 0


def test_a_label_that_cannot_be_read_costs_its_frame_alone(frames: AnnotatedFrames) -> None:
    session = frames.open()
    for name in frames.names():
        frames.land(name)
        frames.annotate(name)
    label = frames.labels / f"{frames.names()[0].removesuffix('.png')}.txt"
    label.unlink()
    label.symlink_to(frames.labels / "gone")
    take(session)
    assert session.annotation_trouble is None
    assert session.counted == len(frames.names())
    assert session.objects is not None
    assert session.objects.unannotated == 1
    assert_equals_batch(frames, session.result())


def test_annotations_of_the_frames_of_a_clip_may_land_after_it(frames: AnnotatedFrames) -> None:
    pytest.importorskip("av", reason="needs the extra video")
    from small_clips import write_clip

    session = frames.open()
    write_clip(frames.folder / "take.mp4", 20)
    for name in frames.names():
        frames.land(name)
    take(session)
    frames.annotate_all(frames.names())
    document = json.loads(frames.boxes.read_text())
    document["images"].append({"id": 99, "file_name": "take.mp4 at 0 s"})
    box = {"id": 999, "image_id": 99, "category_id": 0, "bbox": [2, 2, 20, 20]}
    document["annotations"].append(box)
    frames.boxes.write_text(json.dumps(document))
    take(session)
    assert figures(session.result())["items"][-1] == len(document["annotations"])
    assert_equals_batch(frames, session.result())
    session.save()
    document["annotations"].pop()
    frames.boxes.write_text(json.dumps(document))
    second = frames.open()
    take(second)
    assert_equals_batch(frames, second.result())


def test_a_linked_document_is_read_once(frames: AnnotatedFrames, tmp_path: Path) -> None:
    frames.annotate_all(frames.names())
    link = tmp_path / "link.json"
    link.symlink_to(frames.boxes)
    annotations = FrameAnnotations(str(link), frames.folder)
    images = {f"shot/{name}": (f"shot/{name}",) for name in frames.names()}
    assert annotations.look(images) == set(images)
    annotations.look(images)
    held = annotations.of(list(images)).whole
    annotations.look(images)
    assert annotations.of(list(images)).whole is held
