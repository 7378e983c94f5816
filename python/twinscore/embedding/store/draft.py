"""The shard in flight of a run that was interrupted but not killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.base.array_files import map_npy
from twinscore.base.durable import partial_of, write_npy, write_parquet
from twinscore.embedding.store.description import maker_of
from twinscore.embedding.store.rows import ShardRows
from twinscore.embedding.store.seal import check_seal, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.embedding.store.description import StoreDescription

VECTORS_FILE = ".draft.npy"
ROWS_FILE = ".draft.parquet"

_NUMBER_KEY = b"shard"


def save(rows: ShardRows, description: StoreDescription, folder: Path, number: int) -> None:
    """Keep the rows that shall begin the shard of this number."""
    vectors_path, rows_path = folder / VECTORS_FILE, folder / ROWS_FILE
    discard(folder)
    matrix = rows.matrix(description.dimension, description.dtype)
    write_npy(partial_of(vectors_path), matrix)
    numbered = rows.table().replace_schema_metadata({_NUMBER_KEY: str(number)})
    table = sealed(numbered, partial_of(vectors_path), maker_of(description))
    try:
        write_parquet(partial_of(rows_path), table)
    except BaseException:
        partial_of(vectors_path).unlink(missing_ok=True)
        raise
    partial_of(vectors_path).replace(vectors_path)
    partial_of(rows_path).replace(rows_path)


def load(description: StoreDescription, folder: Path, number: int) -> ShardRows:
    """Take up the rows of an interrupted run, if they begin the shard of this number."""
    from pyarrow import ArrowException, parquet

    try:
        with parquet.ParquetFile(folder / ROWS_FILE) as file:
            table = file.read()
            table.validate(full=True)
        check_seal(table, folder / VECTORS_FILE)
        vectors = map_npy(folder / VECTORS_FILE)
    except (OSError, ValueError, ArrowException):
        discard(folder)
        return ShardRows()
    begins = (table.schema.metadata or {}).get(_NUMBER_KEY, b"").decode("ascii", "replace")
    if begins != str(number) or vectors.shape != (len(table), description.dimension):
        return ShardRows()
    return ShardRows.of_saved(vectors, table)


def discard(folder: Path) -> None:
    """Remove what an interrupted run left; the rows first, without which vectors mean nothing."""
    (folder / ROWS_FILE).unlink(missing_ok=True)
    (folder / VECTORS_FILE).unlink(missing_ok=True)
