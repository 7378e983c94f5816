"""What the metadata of a shard says of the shard itself: checksums, and what made it."""

from __future__ import annotations

import hashlib
import json
from typing import IO, TYPE_CHECKING, Any, cast

from twinscore.base.array_files import write_npy

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

EMBEDDINGS_KEY = b"twinscore.embeddings_sha256"
ROWS_KEY = b"twinscore.rows_sha256"
MAKER_KEY = b"twinscore.made_by"


def sealed(table: pa.Table, embeddings_sha256: str, made_by: str) -> pa.Table:
    """Return the rows of a shard with its seal in the metadata of their schema.

    Parameters
    ----------
    table
        The rows.
    embeddings_sha256
        Of the file of the vectors, in hexadecimal digits.
    made_by
        What made the store, as JSON.
    """
    kept = {
        key: value
        for key, value in (table.schema.metadata or {}).items()
        if key not in (EMBEDDINGS_KEY, ROWS_KEY, MAKER_KEY)
    }
    seal = {
        EMBEDDINGS_KEY: embeddings_sha256,
        ROWS_KEY: rows_digest(table),
        MAKER_KEY: made_by,
    }
    return table.replace_schema_metadata({**kept, **seal})


def has_seal(table: pa.Table) -> bool:
    """Tell whether a shard carries checksums; those of older versions do not."""
    return EMBEDDINGS_KEY in (table.schema.metadata or {})


def check_rows(table: pa.Table) -> None:
    """Compare the rows of a shard with their checksum, if they have one.

    Raises
    ------
    ValueError
        They are not those that were written.
    """
    sealed_as = _value(table, ROWS_KEY)
    if sealed_as is not None and sealed_as != rows_digest(table):
        raise ValueError("its rows are not those that were written (checksum)")


def check_embeddings(table: pa.Table, name: str, sha256: str) -> None:
    """Compare the vectors of a shard with their checksum, if there is one.

    Parameters
    ----------
    table
        The rows.
    name
        Of the file of the vectors.
    sha256
        Of all of its bytes.

    Raises
    ------
    ValueError
        They are not those that were written.
    """
    if _value(table, EMBEDDINGS_KEY) not in (None, sha256):
        raise ValueError(f"{name} is not what was written (checksum)")


def made_by(table: pa.Table) -> str | None:
    """Return what made a shard, as JSON; None where it does not say."""
    return _value(table, MAKER_KEY)


def npy_digest(array: npt.NDArray[Any]) -> str:
    """Return the sha256 of the ``.npy`` file that `write_npy` makes of an array."""
    sink = _Sink()
    write_npy(cast("IO[bytes]", sink), array)
    return sink.digest.hexdigest()


def rows_digest(table: pa.Table) -> str:
    """Return a sha256 of names and values, whatever way a version of Parquet lays them out."""
    digest = hashlib.sha256()
    for name in table.column_names:
        digest.update(json.dumps([name, table[name].to_pylist()]).encode())
    return digest.hexdigest()


class _Sink:
    """Takes what is written for its digest alone."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, content: bytes | memoryview) -> int:
        self.digest.update(content)
        return len(content)


def _value(table: pa.Table, key: bytes) -> str | None:
    value: bytes | None = (table.schema.metadata or {}).get(key)
    return None if value is None else value.decode("utf-8", "replace")
