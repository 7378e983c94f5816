from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotated_images import SCENE, coco, voc
from twinscore.images.annotations.masks import run_lengths_in
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.annotations.placement import place_objects
from twinscore.images.annotations.values import MalformedError

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.images.annotations.placement import SeenObject
    from twinscore.images.annotations.records import AnnotationProblem

GOOD = {"id": 100, "image_id": 0, "category_id": 1, "bbox": [1, 2, 30, 20]}

LOST: dict[str, dict[str, Any]] = {
    "not a number": {"bbox": [math.nan, 10, 20, 20]},
    "endless": {"bbox": [1, 10, math.inf, 20]},
    "too large": {"bbox": [1e308, 10, 1e308, 20]},
    "three numbers": {"bbox": [1, 2, 3]},
    "words": {"bbox": ["a", 2, 3, 4]},
    "no list": {"bbox": 7},
    "empty": {"bbox": [5, 5, 0, 20]},
    "outside": {"bbox": [300, 10, 20, 20]},
    "left of the image": {"bbox": [-50, 10, 20, 20]},
    "no box": {"bbox": None},
    "unknown category": {"category_id": 77},
    "a list for a category": {"category_id": [1]},
    "twice the same": {},
}


def document(path: Path, *annotations: Any) -> Path:
    file = path / "boxes.json"
    written = {**coco(SCENE), "annotations": [GOOD, *annotations]}
    file.write_text(json.dumps(written))
    return file


def first_image(file: Path) -> tuple[list[SeenObject], list[AnnotationProblem]]:
    annotations = open_annotations(file)
    read = annotations.read(annotations.names[0])
    objects, problems = place_objects(read, (96, 64), lambda: 1)
    assert objects is not None
    return objects, [*annotations.problems, *problems]


@pytest.mark.parametrize("kind", LOST)
def test_a_malformed_object_is_listed_and_costs_no_other(tmp_path: Path, kind: str) -> None:
    objects, problems = first_image(document(tmp_path, {**GOOD, "id": 7, **LOST[kind]}))
    assert [each.record[-14:] for each in objects] == ["annotation 100"]
    assert len(problems) == 1
    assert problems[0].is_lost
    assert problems[0].record.endswith("annotation 7")
    assert "\n" not in problems[0].reason


@pytest.mark.parametrize("value", [None, 3, "text", [1, 2]])
def test_what_is_no_record_is_listed_by_its_place(tmp_path: Path, value: Any) -> None:
    objects, problems = first_image(document(tmp_path, value))
    assert len(objects) == 1
    assert [problem.record[-15:] for problem in problems] == ["annotation at 1"]


def test_a_negative_size_counts_from_the_other_edge_and_is_said(tmp_path: Path) -> None:
    objects, problems = first_image(document(tmp_path, {**GOOD, "id": 7, "bbox": [50, 9, -20, 5]}))
    assert (objects[1].box.left, objects[1].box.right) == (30, 50)
    assert [problem.is_lost for problem in problems] == [False]


def test_an_id_that_is_there_twice_loses_nothing(tmp_path: Path) -> None:
    objects, problems = first_image(document(tmp_path, {**GOOD, "bbox": [40, 9, 20, 5]}))
    assert len(objects) == 2
    assert [problem.is_lost for problem in problems] == [False]


def test_an_object_of_an_image_that_is_not_listed_is_said(tmp_path: Path) -> None:
    _, problems = first_image(document(tmp_path, {**GOOD, "id": 7, "image_id": 99}))
    assert ["image 99" in problem.reason for problem in problems] == [True]


def test_a_damaged_mask_leaves_the_object_with_its_box(tmp_path: Path) -> None:
    damaged = {**GOOD, "id": 7, "bbox": [40, 9, 20, 5], "segmentation": [[1, 2, 3]]}
    objects, problems = first_image(document(tmp_path, damaged))
    assert [each.mask for each in objects] == [None, None]
    assert [problem.is_lost for problem in problems] == [False]


@pytest.mark.parametrize("box", [[], [1, 2, 3], [math.nan, 1, 2, 3], [5, 5, 0, 9]])
def test_an_object_whose_box_is_malformed_has_that_of_its_mask(tmp_path: Path, box: Any) -> None:
    outline = [[10, 12, 40, 12, 40, 33]]
    objects, problems = first_image(
        document(tmp_path, {**GOOD, "id": 7, "bbox": box, "segmentation": outline})
    )
    assert (objects[1].box.left, objects[1].box.bottom) == (10, 33)
    assert not any(problem.is_lost for problem in problems)
    assert len(problems) == bool(box)


def test_whole_numbers_written_with_a_point_are_ids(tmp_path: Path) -> None:
    moved = {**GOOD, "id": 7.0, "image_id": 0.0, "category_id": 2.0, "bbox": [50, 9, 20, 5]}
    objects, problems = first_image(document(tmp_path, moved))
    assert [each.class_name for each in objects] == ["car", "person"]
    assert problems == []


def test_a_category_without_a_name_is_its_id_and_one_of_a_taken_id_is_said(tmp_path: Path) -> None:
    file = document(tmp_path, {**GOOD, "id": 7, "category_id": 2, "bbox": [50, 9, 20, 5]})
    categories = [{"id": 1, "name": "car"}, {"id": 1, "name": "bus"}, {"id": 2, "name": None}]
    file.write_text(json.dumps({**json.loads(file.read_text()), "categories": categories}))
    objects, problems = first_image(file)
    assert [each.class_name for each in objects] == ["bus", "2"]
    assert [problem.record[-10:] for problem in problems] == ["category 1"]
    assert not problems[0].is_lost


def test_a_mask_of_another_size_than_its_image_moves_no_box(tmp_path: Path) -> None:
    runs = {"size": [32, 48], "counts": [0, 32 * 48]}
    file = document(
        tmp_path,
        {**GOOD, "id": 7, "segmentation": runs, "bbox": [50, 9, 20, 5]},
        {"id": 8, "image_id": 0, "category_id": 1, "segmentation": runs},
    )
    objects, problems = first_image(file)
    assert (objects[1].box.left, objects[1].mask) == (50, None)
    assert len(objects) == 2
    assert "it is of an image of 48 x 32" in problems[0].reason
    assert [problem.is_lost for problem in problems] == [False, True]


@pytest.mark.parametrize("side", [1 << 20, 1e300])
def test_a_mask_larger_than_any_image_is_said_in_few_words(tmp_path: Path, side: float) -> None:
    runs = {"size": [side, side], "counts": [0]}
    file = document(tmp_path, {**GOOD, "id": 7, "segmentation": runs, "bbox": [50, 9, 20, 5]})
    _, problems = first_image(file)
    assert [len(problem.reason) < 80 for problem in problems] == [True]


def test_a_crowd_is_a_region_and_no_object(tmp_path: Path) -> None:
    objects, _ = first_image(document(tmp_path, {**GOOD, "id": 7, "iscrowd": 1}))
    assert [each.is_region for each in objects] == [False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "expected JSON"),
        ("[1]", "got a list"),
        ('{"info": 1}', "got the keys info"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_coco_file_is_refused_by_its_name(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(ValueError, match=message) as raised:
        open_annotations(tmp_path / "a.json")
    assert "a.json" in str(raised.value)


@given(st.text(max_size=30))
def test_any_text_of_a_mask_gives_a_mask_that_fills_its_image_or_is_refused(text: str) -> None:
    try:
        runs = run_lengths_in({"size": [5, 4], "counts": text})
    except MalformedError:
        return
    assert runs.drawn(4, 5).shape == (5, 4)


def test_a_line_that_is_malformed_costs_no_other(tmp_path: Path) -> None:
    (tmp_path / "0001.txt").write_text(
        "0 .5 .5 .1 .1\n\n0 .5 x .1 .1\n0 .5 .5 0 .1\n0 .5 .5\n-1 .5 .5 .1 .1\n0 nan .5 .1 .1\n"
        "0 .2 .2 -.1 .1\n"
    )
    annotations = open_annotations(tmp_path)
    read = annotations.read("0001")
    assert len(read.objects) == 2
    lost = [problem.record.rpartition(" ")[2] for problem in read.problems if problem.is_lost]
    assert lost == ["3", "4", "5", "6", "7"]
    assert [problem.is_lost for problem in read.problems].count(False) == 1


def test_a_kitti_line_that_is_malformed_costs_no_other(tmp_path: Path) -> None:
    rest = "1 1 1 0 0 0 0"
    (tmp_path / "0001.txt").write_text(
        f"Car 0 0 0 1 2 30 20 {rest}\nCar 0 0 0 1 2\nVan 0 0 0 30 2 1 20 {rest}\n"
        f"DontCare -1 -1 -10 5 5 9 9 {rest}\nCar 0 0 0 1 x 30 20 {rest}\n"
    )
    read = open_annotations(tmp_path).read("0001")
    assert [(each.class_name, each.is_region) for each in read.objects] == [
        ("Car", False),
        ("Van", False),
        ("DontCare", True),
    ]
    assert [problem.is_lost for problem in read.problems] == [True, False, True]


def test_an_xml_object_that_is_malformed_costs_no_other(tmp_path: Path) -> None:
    good = voc("0001", SCENE["0001"])
    bad = good.replace("<xmin>50</xmin>", "<xmin>much</xmin>")
    (tmp_path / "0001.xml").write_text(bad)
    (tmp_path / "0002.xml").write_text(good[:100])
    (tmp_path / "0003.xml").write_text(good.replace("</bndbox>", "</bndbox><part/>"))
    annotations = open_annotations(tmp_path)
    read = {name: annotations.read(name) for name in annotations.names}
    assert [len(each.objects) for each in read.values()] == [1, 0, 2]
    assert [len(each.problems) for each in read.values()] == [1, 1, 0]
    assert "expected XML" in read["0002"].problems[0].reason


def test_a_damaged_mask_image_is_listed_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "0001.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    (tmp_path / "0002.png").write_bytes(b"")
    annotations = open_annotations(tmp_path)
    for name in ("0001", "0002"):
        read = annotations.read(name)
        assert read.objects == ()
        assert len(read.problems) == 1
        assert not read.is_known


def test_what_holds_no_annotations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"but .*nothing.json. does not exist"):
        open_annotations(tmp_path / "nothing.json")
    with pytest.raises(ValueError, match="expected annotations"):
        open_annotations(tmp_path)
    (tmp_path / "data.yaml").write_text("a: [1")
    with pytest.raises(ValueError, match="expected YAML"):
        open_annotations(tmp_path)
    (tmp_path / "data.yaml").write_text("a: 1")
    with pytest.raises(ValueError, match="expected a YOLO set"):
        open_annotations(tmp_path)


def test_cryptomatte_is_refused_with_what_to_write_instead(tmp_path: Path) -> None:
    (tmp_path / "0001.exr").write_bytes(b"v/1\x01")
    with pytest.raises(ValueError, match=r"Cryptomatte is not read, write the numbers of objects"):
        open_annotations(tmp_path)
