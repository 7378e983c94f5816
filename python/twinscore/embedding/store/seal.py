"""What the metadata of a shard says of the shard itself: checksums, and what made it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

EMBEDDINGS_KEY = b"twinscore.embeddings_sha256"
ROWS_KEY = b"twinscore.rows_sha256"
MAKER_KEY = b"twinscore.made_by"


def sealed(table: pa.Table, embeddings: Path, made_by: str) -> pa.Table:
    """Return the rows of a shard with its seal in the metadata of their schema.

    Parameters
    ----------
    table
        The rows.
    embeddings
        File of the vectors, written whole.
    made_by
        What made the store, as JSON.
    """
    kept = {
        key: value
        for key, value in (table.schema.metadata or {}).items()
        if key not in (EMBEDDINGS_KEY, ROWS_KEY, MAKER_KEY)
    }
    seal = {
        EMBEDDINGS_KEY: file_digest(embeddings),
        ROWS_KEY: rows_digest(table),
        MAKER_KEY: made_by,
    }
    return table.replace_schema_metadata({**kept, **seal})


def has_seal(table: pa.Table) -> bool:
    """Tell whether a shard carries checksums; those of older versions do not."""
    return EMBEDDINGS_KEY in (table.schema.metadata or {})


def check_seal(table: pa.Table, embeddings: Path) -> None:
    """Compare a shard with its checksums, if it has any.

    Raises
    ------
    ValueError
        The rows or the vectors are not those that were written; the message names the file.
    """
    seal = table.schema.metadata or {}
    if ROWS_KEY in seal and seal[ROWS_KEY].decode("ascii", "replace") != rows_digest(table):
        raise ValueError("its rows are not those that were written (checksum)")
    if EMBEDDINGS_KEY in seal:
        if not embeddings.is_file():
            raise ValueError(f"{embeddings.name} is missing")
        if seal[EMBEDDINGS_KEY].decode("ascii", "replace") != file_digest(embeddings):
            raise ValueError(f"{embeddings.name} is not what was written (checksum)")


def made_by(table: pa.Table) -> str | None:
    """Return what made a shard, as JSON; None where it does not say."""
    maker = (table.schema.metadata or {}).get(MAKER_KEY)
    return None if maker is None else maker.decode("utf-8", "replace")


def file_digest(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_digest(table: pa.Table) -> str:
    """Return a sha256 of names and values, whatever way a version of Parquet lays them out."""
    digest = hashlib.sha256()
    for name in table.column_names:
        digest.update(json.dumps([name, table[name].to_pylist()]).encode())
    return digest.hexdigest()
