"""The shard in flight of a run that was interrupted but not killed."""

from __future__ import annotations

import hashlib
import io
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.array_files import write_npy
from twinscore.embedding.store.description import maker_of
from twinscore.embedding.store.directory import UnreachableError
from twinscore.embedding.store.metadata_files import read_table, write_table
from twinscore.embedding.store.rows import ShardRows
from twinscore.embedding.store.seal import check_embeddings, check_rows, npy_digest, sealed

if TYPE_CHECKING:
    from twinscore.embedding.store.description import StoreDescription
    from twinscore.embedding.store.directory import StoreDirectory

VECTORS_FILE = ".draft.npy"
ROWS_FILE = ".draft.parquet"

_NUMBER_KEY = b"shard"


def save(
    rows: ShardRows, description: StoreDescription, directory: StoreDirectory, number: int
) -> None:
    """Keep the rows that shall begin the shard of this number."""
    matrix = rows.matrix(description.dimension, description.dtype)
    numbered = rows.table().replace_schema_metadata({_NUMBER_KEY: str(number)})
    # Of two that do not belong together, the checksum tells.
    directory.write(VECTORS_FILE, partial(write_npy, array=matrix))
    table = sealed(numbered, npy_digest(matrix), maker_of(description))
    write_table(directory, ROWS_FILE, table)


def load(description: StoreDescription, directory: StoreDirectory, number: int) -> ShardRows:
    """Take up the rows of an interrupted run, if they begin the shard of this number."""
    if not is_there(directory):
        return ShardRows()
    try:
        table = read_table(directory, ROWS_FILE)
        check_rows(table)
        content = directory.read(VECTORS_FILE)
        check_embeddings(table, VECTORS_FILE, hashlib.sha256(content).hexdigest())
        vectors = np.load(io.BytesIO(content), allow_pickle=False)
    except UnreachableError:
        raise
    except (OSError, ValueError, EOFError):
        discard(directory)
        return ShardRows()
    begins = (table.schema.metadata or {}).get(_NUMBER_KEY, b"").decode("ascii", "replace")
    if begins != str(number) or vectors.shape != (len(table), description.dimension):
        return ShardRows()
    return ShardRows.of_saved(vectors, table)


def is_there(directory: StoreDirectory) -> bool:
    """Tell whether an interrupted run left anything."""
    return not {ROWS_FILE, VECTORS_FILE}.isdisjoint(directory.names())


def discard(directory: StoreDirectory) -> None:
    """Remove what an interrupted run left; the rows first, without which vectors mean nothing."""
    directory.remove(ROWS_FILE)
    directory.remove(VECTORS_FILE)
