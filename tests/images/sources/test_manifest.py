"""Tables and lists of paths: in their order, relative to where they lie, columns as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from numbered_images import outcomes, png
from twinscore.embedding.sides import open_source
from twinscore.images.sources.file_list import FileList
from twinscore.images.sources.manifest import read_manifest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.png").write_bytes(png(1))
    (tmp_path / "sub" / "b.png").write_bytes(png(2))
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_a_list_is_read_in_its_order_relative_to_itself(folder: Path) -> None:
    path = write(folder / "list.txt", f"sub/b.png\r\n\n  a.png \n{folder}/a.png\ngone.png\n")
    source = open_source(path, side="real")
    assert outcomes(source) == [  # type: ignore[arg-type]
        (f"{folder}/sub/b.png", 2),
        (f"{folder}/a.png", 1),
        (f"{folder}/a.png", 1),
        (f"{folder}/gone.png", "no such file"),
    ]
    assert len(source) == 4  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected one path a line, got an empty list"),
        (b" \n\n", "expected one path a line, got an empty list"),
        (b"\xff\xfe\xfa", "expected a list of paths in UTF-8"),
        (b"a\0b", "expected a list of paths, got binary data"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"list\.txt': {message}"):
        FileList(path)


@pytest.mark.parametrize(("ending", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_rows_give_path_group_and_columns_as_text(
    folder: Path, ending: str, delimiter: str
) -> None:
    rows = ["weather,path,group,shot", "rain,sub/b.png,clip 1,007", 'fog,"a.png",,']
    text = "\ufeff" + "\n".join(rows).replace(",", delimiter)
    path = write(folder / f"table.{ending}", text)
    source = open_source(path, side="real")
    items = list(source)  # type: ignore[arg-type]
    assert outcomes(items) == [(f"{folder}/sub/b.png", 2), (f"{folder}/a.png", 1)]
    assert [item.group for item in items] == ["clip 1", None]
    assert [dict(item.columns) for item in items] == [
        {"weather": "rain", "group": "clip 1", "shot": "007"},
        {"weather": "fog"},
    ]
    assert len(source) == 2  # type: ignore[arg-type]


def test_any_column_may_be_the_group(folder: Path) -> None:
    path = write(folder / "table.csv", "path,group,take\na.png,g,1\nsub/b.png,g,2\n")
    source = open_source(path, side="real", group_by="take")
    assert [item.group for item in source] == ["1", "2"]  # type: ignore[union-attr]
    with pytest.raises(ValueError, match=r"group_by='day': expected .* group, take; or"):
        open_source(path, side="real", group_by="day")


def test_cells_may_hold_delimiters_quotes_and_line_breaks(folder: Path) -> None:
    path = write(folder / "table.csv", 'path,note\na.png,"one, ""two""\nthree"\n')
    (item,) = read_manifest(path)
    assert dict(item.columns) == {"note": 'one, "two"\nthree'}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a table with a header"),
        ("path\n", "expected at least one row, got none"),
        ("file,group\na.png,1\n", "expected a column 'path', got 'file', 'group'"),
        ("path,group\na.png,1\nb.png\n", "expected a table with a header, got .*2 columns, got 1"),
        ("path,group\na.png,1\n,2\n", "expected a path in row 1, got an empty cell"),
        ("path,x,x\na.png,1,2\n", "expected columns with different names"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path / "table.csv", text)
    with pytest.raises(ValueError, match=rf"table\.csv': {message}"):
        read_manifest(path)


def test_a_manifest_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(png(1))
    with pytest.raises(ValueError, match=r"table\.csv': expected a"):
        read_manifest(path)
