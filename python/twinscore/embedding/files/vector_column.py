"""Embeddings in a column of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from twinscore.embedding.files.vectors import embeddings_from_array
from twinscore.embedding.records import Embeddings
from twinscore.images.sources.manifest import GROUP_COLUMN, PATH_COLUMN, is_scalar

EMBEDDING_COLUMNS = ("embedding", "embeddings")


def read_vector_column(table: Any, column: str, label: str) -> Embeddings:
    """Turn a table into embeddings, a row each.

    Column ``path`` gives the names where it has no empty cell, ``group`` the groups, all other
    scalars become columns.

    Parameters
    ----------
    table
        A pyarrow table.
    column
        Its column of vectors.
    label
        Names the file in messages.

    Raises
    ------
    ValueError
        There are no rows, a vector is missing, longer or shorter than the first, or not finite.
    """
    lists = table.column(column).combine_chunks()
    if not len(lists):
        raise ValueError(f"{label!r}: expected at least one row, got none")
    lengths = np.array(_lengths(lists))
    if np.any(lengths != lengths[0]):
        row = int(np.argmax(lengths != lengths[0]))
        got = "none" if lengths[row] < 0 else f"{lengths[row]} values"
        raise ValueError(
            f"{label!r}, column {column!r}: expected {max(lengths[0], 0)} values in each row, "
            f"got {got} in row {row}"
        )
    values = lists.flatten()
    if values.null_count:
        row = int(np.argmax(np.asarray(values.is_null()))) // max(1, int(lengths[0]))
        raise ValueError(f"{label!r}, column {column!r}: expected numbers, got null in row {row}")
    matrix = np.asarray(values).reshape(len(lists), -1)
    made = embeddings_from_array(matrix, label=f"{label!r}, column {column!r}")
    columns = {
        name: _texts(table.column(name))
        for name in table.column_names
        if name != column and is_scalar(table.schema.field(name).type)
    }
    paths = columns.pop(PATH_COLUMN, ())
    groups = columns.get(GROUP_COLUMN)
    return Embeddings(
        made.vectors,
        names=_names(paths, label, len(lists)),
        groups=None if groups is None else own_groups(groups),
        columns=columns,
    )


def own_groups(values: tuple[str | None, ...]) -> tuple[str, ...]:
    """Turn a column into groups; a row without a value gets a group of its own."""
    return tuple(f"row {row}" if value is None else value for row, value in enumerate(values))


def _lengths(lists: Any) -> list[int]:
    import pyarrow.compute as pc

    return [int(length) for length in pc.fill_null(pc.list_value_length(lists), -1).to_pylist()]


def _texts(column: Any) -> tuple[str | None, ...]:
    return tuple(None if value in (None, "") else str(value) for value in column.to_pylist())


def _names(paths: tuple[str | None, ...], label: str, rows: int) -> tuple[str, ...]:
    known = tuple(path for path in paths if path is not None)
    return known if len(known) == rows else tuple(f"{label} row {row}" for row in range(rows))
