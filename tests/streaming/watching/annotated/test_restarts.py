"""A watch of annotated frames that is stopped and goes on."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from annotated_frames import assert_equals_batch, figures, take
from twinscore.images.views.settings import ViewSettings

if TYPE_CHECKING:
    from annotated_frames import AnnotatedFrames

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")


def test_a_restart_counts_nothing_twice_and_goes_on(frames: AnnotatedFrames) -> None:
    names = frames.names()
    first = frames.open()
    frames.land_annotated(names[:5])
    take(first)
    first.save()
    frames.land_annotated(names[5:])
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


def damaged(header: dict[str, Any]) -> None:
    header["notes"]["objects"][0][3]["classes"]["car"] = -1


def test_a_damaged_state_is_refused(frames: AnnotatedFrames) -> None:
    session = frames.open()
    frames.land_annotated(frames.names())
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


@pytest.mark.parametrize("changed", ["an image", "the annotations"])
def test_a_real_side_that_changed_beside_its_annotations_is_another_one(
    frames: AnnotatedFrames, changed: str
) -> None:
    frames.open().save()
    frames.open()
    file = frames.real
    if changed == "an image":
        file = next((frames.real.parent / "images").iterdir())
    os.utime(file, (1_000_000_000, 1_000_000_000))
    with pytest.raises(ValueError, match="the real images have changed"):
        frames.open()


def test_annotations_of_a_real_side_change_whatever_else_their_folder_holds(
    frames: AnnotatedFrames,
) -> None:
    views = ViewSettings(real_objects=str(frames.real), synthetic_objects=str(frames.labels))
    images = str(frames.real.parent / "images")
    frames.open(real=images, views=views).save()
    (frames.real.parent / "notes.txt").write_text("of no account")
    frames.open(real=images, views=views)
    frames.real.write_text(frames.real.read_text() + "\n")
    with pytest.raises(ValueError, match="the annotations of the real images have changed"):
        frames.open(real=images, views=views)
