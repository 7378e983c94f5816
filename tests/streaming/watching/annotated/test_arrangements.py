"""Where annotations of frames may lie, and in which form."""

from __future__ import annotations

import dataclasses
import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from annotated_frames import assert_equals_batch, figures, take
from twinscore.images.views.settings import ViewSettings
from twinscore.streaming.watching.frame_annotations import FrameAnnotations

if TYPE_CHECKING:
    from pathlib import Path

    from annotated_frames import AnnotatedFrames

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")


@pytest.mark.parametrize(
    ("location", "named"),
    [("masks", "masks/shot/{}.png"), (".", "shot/{}_mask.png"), ("shot", "shot/{}_ids.png")],
)
def test_masks_below_the_watched_folder_are_no_frames(
    frames: AnnotatedFrames, location: str, named: str
) -> None:
    session = frames.open(views=ViewSettings(synthetic_objects=str(frames.folder / location)))
    for name in frames.names():
        frames.land(name)
        with Image.open(frames.folder / "shot" / name) as frame:
            values = np.zeros((frame.height, frame.width), np.uint8)
        for number, each in enumerate(frames.objects_in(name), start=1):
            left, top, width, height = map(int, each["bbox"])
            values[top : top + height, left : left + width] = number
        mask = frames.folder / named.format(name.removesuffix(".png"))
        mask.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(mask)
        take(session)
    take(session)
    result = session.result()
    assert session.counted == len(frames.names())
    assert figures(result)["items"][-1] == len(frames.document["annotations"])


def test_a_store_of_real_images_with_their_objects_needs_no_annotations(
    frames: AnnotatedFrames, tmp_path: Path
) -> None:
    store = tmp_path / "real.store"
    ts.embed(frames.real, store, model=frames.model, views=("items", "environment"))
    frames.land_annotated(frames.names())
    of_images, of_store = frames.open(), None
    take(of_images)
    frames.folder.with_name("state.npz").unlink(missing_ok=True)
    of_store = frames.open(real=str(store))
    take(of_store)
    assert figures(of_store.result()) == figures(of_images.result())


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


def test_a_data_yaml_that_lands_after_the_labels_names_their_classes(
    frames: AnnotatedFrames,
) -> None:
    session = frames.open()
    frames.labels.mkdir()
    for name in frames.names():
        frames.land(name)
        label = frames.labels / f"{name.removesuffix('.png')}.txt"
        label.write_text(yolo_line(frames, name, number=1))
    described = frames.labels.parent / "data.yaml"
    described.write_text("train: images\nnames: [car, si")
    take(session)
    assert session.objects is not None
    assert set(session.objects.classes) == {"1"}
    described.write_text("train: images\nnames: [car, sign]\n")
    take(session)
    assert set(session.objects.classes) == {"sign"}
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


def test_an_annotation_that_fits_several_frames_is_said_and_taken_for_none(
    frames: AnnotatedFrames,
) -> None:
    session = frames.open()
    frames.land_annotated(frames.names())
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
    frames.land_annotated(frames.names())
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


def test_a_label_that_lands_before_its_frame_is_no_problem(tmp_path: Path) -> None:
    for folder in ("images", "labels"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data.yaml").write_text("train: images\nnames: [car]\n")
    for name in ("0001", "0002"):
        (tmp_path / "labels" / f"{name}.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    frame = tmp_path / "images" / "0001.png"
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(frame)
    annotations = FrameAnnotations(str(tmp_path / "data.yaml"), tmp_path / "images")
    annotations.look({str(frame): [str(frame)]})
    assert annotations.have_landed
    assert annotations.problems == ()
