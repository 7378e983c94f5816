"""Boxes in a table: a row an object, with the path of its image, as manifests hold them."""

from __future__ import annotations

import csv
from array import array
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.images.annotations.beside import images_named
from twinscore.images.annotations.records import (
    OBJECT,
    AnnotatedImage,
    AnnotationProblem,
    ObjectAnnotation,
)
from twinscore.images.annotations.values import (
    CORNERS_SWAPPED,
    MalformedError,
    box_of_corners,
    box_of_size,
)
from twinscore.images.sources.manifest import PATH_COLUMN, Manifest, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twinscore.images.annotations.records import Box

TABLE_ENDINGS = (".csv", ".tsv", ".parquet")

SIZED = (("x", "y", "width", "height"), ("x", "y", "w", "h"))
"""Columns of a box by its upper left corner and its size, in pixels."""

CORNERED = (
    ("left", "top", "right", "bottom"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
)
"""Columns of a box by its corners, in pixels."""

CLASS_COLUMNS = ("class", "class_name", "label", "category")


class BoxTable:
    """The boxes in a .csv, .tsv or .parquet file; a row without any is an image without objects.

    Parameters
    ----------
    location
        The file.

    Raises
    ------
    FileNotFoundError
        There is none.
    ValueError
        It is no such table.
    """

    format = "table of boxes"
    is_by_stem = False
    absent_means_none = False
    problems: tuple[AnnotationProblem, ...] = ()

    def __init__(self, location: str) -> None:
        self.location = location
        self._table = _read(location).combine_chunks()
        columns = self._table.column_names
        self._box = _box_columns(columns)
        if self._box is None or PATH_COLUMN not in columns:
            expected = ", ".join(SIZED[0])
            found = ", ".join(columns)
            raise ValueError(
                f"{location!r}: expected columns path, {expected} and class, got {found}"
            )
        self._class = next((name for name in CLASS_COLUMNS if name in columns), None)
        self._rows: dict[str, array[int]] = {}
        for row, path in enumerate(self._table.column(PATH_COLUMN).to_pylist()):
            self._rows.setdefault(str(path or ""), array("q")).append(row)
        self.names = tuple(name for name in self._rows if name)
        self.problems = tuple(
            AnnotationProblem(self._record(row), "expected a path, got an empty cell")
            for row in self._rows.get("", ())
        )

    def read(self, name: str) -> AnnotatedImage:
        """Read the objects of an image."""
        objects: list[ObjectAnnotation] = []
        problems: list[AnnotationProblem] = []
        rows = self._rows[name]
        for row, cells in zip(rows, self._table.take(np.asarray(rows)).to_pylist(), strict=True):
            record = self._record(row)
            try:
                found = self._box_in(cells)
            except MalformedError as error:
                problems.append(AnnotationProblem(record, str(error)))
                continue
            if found is None:
                continue
            box, is_swapped = found
            class_name = cells.get(self._class or "")
            objects.append(ObjectAnnotation(name, str(class_name or OBJECT), box, record=record))
            if is_swapped:
                problems.append(AnnotationProblem(record, CORNERS_SWAPPED, is_lost=False))
        return AnnotatedImage(name, tuple(objects), None, tuple(problems))

    def image_files(self) -> Sequence[Path]:
        """Find the images where they lie beside the table."""
        return images_named(self.names, Path(self.location))

    @cached_property
    def images(self) -> Manifest:
        """The images as a manifest, each once, with its group and columns of its first row."""
        assert self._box is not None
        own = [name for name in (*self._box, self._class) if name is not None]
        firsts = [rows[0] for name, rows in self._rows.items() if name]
        return Manifest(self._table.take(np.asarray(firsts)).drop_columns(own), self.location)

    def _box_in(self, cells: Mapping[str, Any]) -> tuple[Box, bool] | None:
        """Read the box of a row; None where its cells are empty."""
        assert self._box is not None
        values = [cells[name] for name in self._box]
        if all(value is None or value == "" for value in values):
            return None
        return box_of_size(values) if self._box in SIZED else box_of_corners(values)

    def _record(self, row: int) -> str:
        return f"{self.location} row {row}"


def is_box_table(place: Path) -> bool:
    """Tell whether a file is a table of images and boxes, by its header."""
    ending = place.suffix.lower()
    if ending not in TABLE_ENDINGS or not place.is_file():
        return False
    try:
        columns = _header(place)
    except (OSError, ValueError, csv.Error):
        # Whoever reads it as what it is says what is wrong.
        return False
    return PATH_COLUMN in columns and _box_columns(columns) is not None


def _header(place: Path) -> Sequence[str]:
    if place.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        names: list[str] = pq.read_schema(place).names
        return names
    with place.open(encoding="utf-8-sig", newline="") as file:
        delimiter = "\t" if place.suffix.lower() == ".tsv" else ","
        return next(csv.reader(file, delimiter=delimiter), [])


def _box_columns(columns: Sequence[str]) -> tuple[str, ...] | None:
    return next((names for names in (*SIZED, *CORNERED) if set(names) <= set(columns)), None)


def _read(location: str) -> Any:
    if location.lower().endswith(".parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_table(location)
        except pa.ArrowInvalid as error:
            reason = " ".join(str(error).split())
            raise ValueError(f"{location!r}: expected a table, got {reason}") from error
    return read_table(location)
