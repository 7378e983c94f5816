"""A table of images: a path a row, with groups and other columns."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.images.records import ImageItem
from twinscore.images.sources.listed_images import ListedImages

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH_COLUMN = "path"
GROUP_COLUMN = "group"

_ROWS_AT_A_TIME = 1024


class Manifest:
    """The images of a table, in the order of its rows.

    Column ``path`` holds paths or URLs, relative ones beginning at the folder of the table;
    ``group``, where there is one, the groups; all others become columns of the images. Empty
    cells are values that are not known.

    Parameters
    ----------
    table
        A pyarrow table; all that is no text is turned into text.
    typed
        What messages call the file, and where relative paths begin.
    allow_remote_paths
        Whether a table at a URL may lead to other places than its own host.

    Raises
    ------
    ValueError
        There is no column ``path``, no row, or a row without a path; the message names it.
    """

    def __init__(self, table: Any, typed: str, *, allow_remote_paths: bool = False) -> None:
        if PATH_COLUMN not in table.column_names:
            found = ", ".join(repr(name) for name in table.column_names) or "no columns"
            raise ValueError(f"{typed!r}: expected a column {PATH_COLUMN!r}, got {found}")
        if not table.num_rows:
            raise ValueError(f"{typed!r}: expected at least one row, got none")
        self._table = table.select(
            [name for name in table.column_names if is_scalar(table.schema.field(name).type)]
        )
        if PATH_COLUMN not in self._table.column_names:
            kind = table.schema.field(PATH_COLUMN).type
            raise ValueError(f"{typed!r}: expected text in the column {PATH_COLUMN!r}, got {kind}")
        self._images = ListedImages(typed, allow_remote_paths)
        for row, path in enumerate(self._rows_of(PATH_COLUMN)):
            if not path:
                raise ValueError(f"{typed!r}: expected a path in row {row}, got an empty cell")

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, ``path`` left out."""
        return tuple(name for name in self._table.column_names if name != PATH_COLUMN)

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self._table.num_rows)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in the order of the rows."""
        for batch in self._table.to_batches(max_chunksize=_ROWS_AT_A_TIME):
            for row in batch.to_pylist():
                columns = text_columns(row)
                entry = columns.pop(PATH_COLUMN)
                group = columns.get(GROUP_COLUMN)
                name, content = self._images.name(entry), self._images.content(entry)
                yield ImageItem(name, content, group, columns)

    def _rows_of(self, column: str) -> Iterator[Any]:
        for chunk in self._table.column(column).iterchunks():
            yield from (value.as_py() for value in chunk)


def read_manifest(
    path: str | os.PathLike[str], typed: str | None = None, *, allow_remote_paths: bool = False
) -> Manifest:
    """Read a manifest in .csv (commas) or .tsv (tabs).

    Raises
    ------
    FileNotFoundError, PermissionError, ValueError
        As `read_table` and `Manifest`.
    """
    label = os.fspath(path) if typed is None else typed
    return Manifest(read_table(path, typed), label, allow_remote_paths=allow_remote_paths)


def read_table(path: str | os.PathLike[str], typed: str | None = None) -> Any:
    """Read a table in .csv (commas) or .tsv (tabs), with a header, in UTF-8; all cells are text.

    Raises
    ------
    FileNotFoundError, PermissionError
        The file is not there or may not be read.
    ValueError
        A row does not fit the header, or two columns have one name; the message names it.
    """
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    location = Path(path)
    label = os.fspath(path) if typed is None else typed
    delimiter = "\t" if location.suffix.lower() == ".tsv" else ","
    try:
        with location.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, delimiter=delimiter), [])
        # Everything stays text: a clip called 007 is not number 7.
        table = pa_csv.read_csv(
            location,
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{label!r}: expected a table with a header, got {reason}") from error
    if len(set(table.column_names)) < len(table.column_names):
        raise ValueError(f"{label!r}: expected columns with different names, got {header}")
    return table


def is_scalar(kind: Any) -> bool:
    """Tell whether values of a pyarrow type make a column: words, numbers, dates, not lists."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(is_number or is_text or pa.types.is_temporal(kind))


def is_vector_type(kind: Any) -> bool:
    """Tell whether values of a pyarrow type are lists of floats."""
    import pyarrow as pa

    is_list = (
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )
    return bool(is_list and pa.types.is_floating(kind.value_type))


def text_columns(row: dict[str, Any]) -> dict[str, str]:
    """Turn the cells of a row into text; empty ones and nulls are left out."""
    return {name: str(value) for name, value in row.items() if value is not None and value != ""}
