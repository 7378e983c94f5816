from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from twinscore.images.annotations.box_table import BoxTable, is_box_table
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.annotations.records import Box
from twinscore.images.views.annotated_images import images_of

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """path,group,light,x,y,width,height,class
a/1.png,clip,day,1,2,10,20,car
a/2.png,clip,night,,,,,
a/1.png,clip,day,5,5,0,4,car
a/1.png,clip,day,nan,5,4,4,car
a/1.png,clip,day,9,9,-4,4,
,clip,day,9,9,4,4,car
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "boxes.csv").write_text(TABLE)
    return tmp_path / "boxes.csv"


def test_a_malformed_row_costs_no_other(table: Path) -> None:
    opened = open_annotations(table)
    assert opened.names == ("a/1.png", "a/2.png")
    assert [problem.record for problem in opened.problems] == [f"{table} row 5"]
    read = opened.read("a/1.png")
    assert [(each.class_name, each.box) for each in read.objects] == [
        ("car", Box(1, 2, 11, 22)),
        ("object", Box(5, 9, 9, 13)),
    ]
    assert [(problem.record, problem.is_lost) for problem in read.problems] == [
        (f"{table} row 2", True),
        (f"{table} row 3", True),
        (f"{table} row 4", False),
    ]
    assert opened.read("a/2.png").objects == ()


def test_its_images_keep_their_groups_and_columns_and_are_there_once(table: Path) -> None:
    images = list(images_of(open_annotations(table)))
    assert [(item.group, dict(item.columns)["light"]) for item in images] == [
        ("clip", "day"),
        ("clip", "night"),
    ]
    assert "x" not in images[0].columns


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ("x,y,w,h", "10,12,30,21"),
        ("x1,y1,x2,y2", "10,12,40,33"),
        ("x_min,y_min,x_max,y_max", "10,12,40,33"),
    ],
)
def test_columns_of_boxes_have_the_names_that_others_give_them(
    tmp_path: Path, columns: str, cells: str
) -> None:
    file = tmp_path / "boxes.csv"
    file.write_text(f"path,{columns}\n1.png,{cells}\n")
    assert is_box_table(file)
    assert open_annotations(file).read("1.png").objects[0].box == Box(10, 12, 40, 33)


def test_parquet_is_read_alike(tmp_path: Path) -> None:
    columns = {"path": ["1.png"], "xmin": [1.5], "ymin": [2.0], "xmax": [4.0], "ymax": [8.0]}
    pq.write_table(pa.table({**columns, "label": ["car"]}), tmp_path / "boxes.parquet")
    opened = open_annotations(tmp_path / "boxes.parquet")
    assert isinstance(opened, BoxTable)
    (found,) = opened.read("1.png").objects
    assert (found.class_name, found.box) == ("car", Box(1.5, 2, 4, 8))


def test_a_table_without_boxes_is_none(tmp_path: Path) -> None:
    (tmp_path / "images.csv").write_text("path,width,height\n1.png,4,4\n")
    assert not is_box_table(tmp_path / "images.csv")
    with pytest.raises(ValueError, match="expected columns path, x, y, width, height and class"):
        open_annotations(tmp_path / "images.csv")
