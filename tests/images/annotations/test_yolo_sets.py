from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from annotated_images import write_images
from twinscore.images.annotations.opening import open_annotations

if TYPE_CHECKING:
    from pathlib import Path

LINE = "0 0.5 0.5 0.2 0.2\n"


def yolo_set(folder: Path, described: str) -> Path:
    """Write two images, a label of the first one, and what describes them."""
    write_images(folder / "images", ["0001", "0002"])
    (folder / "labels").mkdir()
    (folder / "labels" / "0001.txt").write_text(LINE)
    (folder / "data.yaml").write_text(described)
    return folder / "data.yaml"


def test_a_relative_path_begins_at_its_file_before_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = "path: .\ntrain: images\nnames: [car]\n"
    wanted = yolo_set(tmp_path / "synthetic", described)
    yolo_set(tmp_path / "real", described)
    monkeypatch.chdir(tmp_path / "real")
    images = open_annotations(wanted).image_files()
    assert [image.parent for image in images] == [tmp_path / "synthetic" / "images"] * 2


def test_names_numbered_by_text_are_names(tmp_path: Path) -> None:
    annotations = open_annotations(yolo_set(tmp_path, "train: images\nnames: {'0': car}\n"))
    (name,) = annotations.names
    assert annotations.read(name).objects[0].class_name == "car"


def test_a_label_whose_image_is_absent_is_listed(tmp_path: Path) -> None:
    file = yolo_set(tmp_path, "train: images\nnames: [car]\n")
    (tmp_path / "labels" / "0003.txt").write_text(LINE)
    (problem,) = open_annotations(file).problems
    assert problem.record.endswith("0003.txt")
    assert problem.reason == "there is no such image"


def test_a_listed_image_that_is_absent_is_said_by_its_line(tmp_path: Path) -> None:
    file = yolo_set(tmp_path, "train: train.txt\nnames: [car]\n")
    (tmp_path / "train.txt").write_text("./images/0001.png\r\n\r\nimages/gone.png\r\n")
    annotations = open_annotations(file)
    assert [image.name for image in annotations.image_files()] == ["0001.png"]
    assert [problem.record[-16:] for problem in annotations.problems] == ["train.txt line 3"]


def test_a_readme_among_labels_of_kitti_hides_none_of_them(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("Labels of cars\n")
    (tmp_path / "frame.txt").write_text("Car 0 0 0 1 2 30 40 1 1 1 0 0 0 0\n")
    assert open_annotations(tmp_path).format == "KITTI"


def class_of_labels(folder: Path) -> str:
    """Return the class of the first object in a folder of labels."""
    annotations = open_annotations(folder)
    return annotations.read(annotations.names[0]).objects[0].class_name


@pytest.mark.parametrize("inner", ["labels", "labels/train2017", "train/labels", "boxes"])
def test_names_of_classes_are_those_of_the_data_yaml_above_the_labels(
    tmp_path: Path, inner: str
) -> None:
    (tmp_path / inner).mkdir(parents=True)
    (tmp_path / inner / "0001.txt").write_text(LINE)
    (tmp_path / "data.yaml").write_text("train: images\nnames: [car]\n")
    assert class_of_labels(tmp_path / inner) == "car"


def test_the_data_yaml_of_another_set_names_no_classes(tmp_path: Path) -> None:
    (tmp_path / "renders" / "labels").mkdir(parents=True)
    (tmp_path / "renders" / "labels" / "0001.txt").write_text(LINE)
    (tmp_path / "data.yaml").write_text("train: images\nnames: [car]\n")
    assert class_of_labels(tmp_path / "renders" / "labels") == "0"


def test_a_classes_txt_names_classes_before_a_data_yaml(tmp_path: Path) -> None:
    yolo_set(tmp_path, "train: images\nnames: [car]\n")
    (tmp_path / "classes.txt").write_text("sign\n")
    assert class_of_labels(tmp_path / "labels") == "sign"


@pytest.mark.parametrize("other", ["names: [sign]\n", "names: [car\n"])
def test_descriptions_that_do_not_tell_the_names_of_classes_are_said(
    tmp_path: Path, other: str
) -> None:
    described = "names: [car]\n" if other.endswith("]\n") else "train: images\n"
    yolo_set(tmp_path, described)
    (tmp_path / "dataset.yaml").write_text(other)
    (problem,) = open_annotations(tmp_path / "labels").problems
    assert "classes" in problem.reason
    assert class_of_labels(tmp_path / "labels") == "0"


def test_points_after_a_box_are_no_outline_of_labels_below_a_data_yaml(tmp_path: Path) -> None:
    yolo_set(tmp_path, "train: images\nnames: [car]\nkpt_shape: [1, 2]\n")
    (tmp_path / "labels" / "0001.txt").write_text("0 0.5 0.5 0.2 0.2 0.1 0.9\n")
    annotations = open_annotations(tmp_path / "labels")
    (each,) = annotations.read("0001").objects
    assert each.mask is None
    assert each.box.left == pytest.approx(0.4)
