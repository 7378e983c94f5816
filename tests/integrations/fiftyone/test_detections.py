"""Detections of FiftyOne as objects, and what is told of them back to the detections."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from annotated_images import SCENE, SIZE, write_coco, write_images
from composed_scenes import write_scenes
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.annotations.placement import place_objects
from twinscore.integrations.fiftyone import from_fiftyone, objects_to_fiftyone
from twinscore.integrations.fiftyone.detections import DetectionAnnotations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass
class Detection:
    label: str | None
    bounding_box: Any
    mask: Any = None
    told: dict[str, Any] = field(default_factory=dict)


@dataclass
class View:
    """As much of a FiftyOne view as is asked of it."""

    samples: dict[str, list[Detection] | None]

    def values(self, name: str) -> list[Any]:
        if name == "ground_truth.detections":
            return list(self.samples.values())
        if name in ("filepath", "id"):
            return list(self.samples)
        raise KeyError(f"no field {name!r}")

    def match_tags(self, tag: str) -> View:
        raise NotImplementedError(tag)

    def set_values(
        self, name: str, values: Sequence[Any], *, skip_none: bool, dynamic: bool
    ) -> None:
        assert skip_none
        assert dynamic
        head, attribute = name.rsplit(".", 1)
        assert head == "ground_truth.detections"
        for detections, of_sample in zip(self.samples.values(), values, strict=True):
            for detection, value in zip(detections or (), of_sample or (), strict=True):
                detection.told[attribute] = value

    def __len__(self) -> int:
        return len(self.samples)


def view_of(coco: Path) -> View:
    """Return a view of the images and boxes of a COCO file."""
    document = json.loads(coco.read_text())
    names = {each["id"]: each["name"] for each in document["categories"]}
    images = {image["id"]: image for image in document["images"]}
    folder = coco.parent / "images"
    samples: dict[str, list[Detection] | None] = {
        str(folder / image["file_name"]): [] for image in images.values()
    }
    for each in document["annotations"]:
        image = images[each["image_id"]]
        left, top, width, height = each["bbox"]
        across, down = image["width"], image["height"]
        box = [left / across, top / down, width / across, height / down]
        detections = samples[str(folder / image["file_name"])]
        assert detections is not None
        detections.append(Detection(names[each["category_id"]], box))
    return View(samples)


def test_detections_are_the_objects_that_coco_has(tmp_path: Path) -> None:
    write_images(tmp_path / "images")
    coco = open_annotations(write_coco(tmp_path, SCENE))
    detections = DetectionAnnotations(view_of(tmp_path / "box.json"), "ground_truth")
    for ours, theirs in zip(detections.names, coco.names, strict=True):
        seen = [
            place_objects(annotations.read(name), SIZE, lambda: 1)[0] or []
            for annotations, name in ((detections, ours), (coco, theirs))
        ]
        told = [[(each.class_name, each.box, each.number) for each in side] for side in seen]
        assert told[0] == told[1]


def test_a_mask_is_drawn_into_its_box() -> None:
    mask = np.array([[1, 0], [0, 1]], dtype=np.uint8)
    view = View({"a.png": [Detection("car", [0.25, 0.5, 0.5, 0.5], mask)]})
    (each,) = DetectionAnnotations(view, "ground_truth").read("a.png").objects
    assert each.mask is not None
    drawn = each.mask.drawn(8, 4)
    expected = np.zeros((4, 8), dtype=bool)
    expected[2, 2:4] = expected[3, 4:6] = True
    np.testing.assert_array_equal(drawn, expected)


def test_what_is_malformed_is_told_and_costs_nothing_else() -> None:
    good = Detection(None, [0.1, 0.1, 0.2, 0.2])
    samples: dict[str, list[Detection] | None] = {
        "a.png": [
            Detection("car", None),
            Detection("car", [0.1, float("nan"), 0.2, 0.2]),
            good,
            Detection("car", [0.5, 0.5, -0.2, 0.2]),
            Detection("car", [0.1, 0.1, 0.2, 0.2], np.zeros((2, 2, 3))),
        ],
        "none.png": [],
        "unknown.png": None,
    }
    annotations = DetectionAnnotations(View(samples), "ground_truth")
    read = annotations.read("a.png")
    assert [each.class_name for each in read.objects] == ["object", "car"]
    assert annotations.places("a.png") == [2, 3]
    assert [problem.record for problem in read.problems if problem.is_lost] == [
        "a.png detection 1",
        "a.png detection 2",
        "a.png detection 5",
    ]
    assert annotations.names == ("a.png", "none.png")
    with pytest.raises(ValueError, match="expected a field of detections, got 'boxes'"):
        DetectionAnnotations(View(samples), "boxes")


def test_views_score_as_their_coco_files_do_and_objects_are_told_back(
    tmp_path: Path, save_model: Callable[..., Path]
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    files = [
        write_scenes(tmp_path / "real", 12, seed=1),
        write_scenes(tmp_path / "synthetic", 12, seed=2, real_objects=0.0),
    ]
    quick: dict[str, Any] = {"diagnostics": False, "richness": False, "threads": 1}
    quick["model"] = save_model()
    views = [view_of(file) for file in files]
    first = views[1].samples[next(iter(views[1].samples))]
    assert first is not None
    first.insert(0, Detection("car", None))
    result = from_fiftyone(None, views[0], views[1], objects_field="ground_truth", **quick)
    expected = ts.score(files[0], files[1], **quick)
    assert isinstance(result, ts.ScoreResult)
    assert isinstance(expected, ts.ScoreResult)
    assert result.views is not None
    assert expected.views is not None
    for name in ("items", "environment", "scenes"):
        assert result.views[name].score == expected.views[name].score
    assert objects_to_fiftyone(result, views[1], "ground_truth") == 24
    assert first[0].told["giveaway"] is None
    samples = result.views["items"].samples.to_pylist()
    synthetic = [row["giveaway"] for row in samples if row["side"] == "synthetic"]
    written = [
        each.told["giveaway"] for of_image in views[1].samples.values() for each in of_image or ()
    ]
    assert written[1:] == pytest.approx(synthetic)


def test_objects_are_told_back_only_where_a_result_has_them() -> None:
    sides = np.random.default_rng(0).normal(size=(2, 20, 3)).astype(np.float32)
    result = ts.score(sides[0], sides[1])
    with pytest.raises(ValueError, match="expected a result with the view 'items'"):
        objects_to_fiftyone(result, View({}), "ground_truth")
    with pytest.raises(ValueError, match="expected a view of items or in-place, got 'scenes'"):
        objects_to_fiftyone(result, View({}), "ground_truth", of="scenes")
