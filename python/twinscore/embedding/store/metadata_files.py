"""Tables of rows as Parquet files of a store."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from twinscore.embedding.store.directory import UnreachableError

if TYPE_CHECKING:
    import pyarrow as pa

    from twinscore.embedding.store.directory import StoreDirectory


def read_table(directory: StoreDirectory, name: str, columns: list[str] | None = None) -> pa.Table:
    """Read a table.

    Raises
    ------
    ValueError
        The file is missing or damaged.
    UnreachableError
        What holds the store does not answer.
    """
    from pyarrow import ArrowException, parquet

    try:
        with parquet.ParquetFile(io.BytesIO(directory.read(name))) as file:
            table = file.read(columns=columns)
            table.validate(full=True)
    except UnreachableError:
        raise
    except (OSError, ArrowException, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{directory.place(name)} cannot be read: {reason}") from error
    return table


def write_table(directory: StoreDirectory, name: str, table: pa.Table) -> None:
    """Write a table whole, in the place of an older one."""
    from pyarrow import parquet

    def fill(file: IO[bytes]) -> None:
        parquet.write_table(table, file)

    directory.write(name, fill)
