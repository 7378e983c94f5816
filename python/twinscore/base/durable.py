"""Files that are whole or absent, whenever the process or the machine stops."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyarrow as pa


def partial_of(path: Path) -> Path:
    """Return where a file is written before it gets its name."""
    return path.with_name(f".{path.name}.partial")


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a Parquet file and wait until the disk has it."""
    from pyarrow import parquet

    with _synced(path) as file:
        parquet.write_table(table, file)


def write_text(path: Path, text: str) -> None:
    """Write a file whole, in the place of an older one."""

    def fill(file: IO[bytes]) -> None:
        file.write(text.encode())

    write_whole(path, fill)


def write_whole(path: Path, fill: Callable[[IO[bytes]], None]) -> None:
    """Write a file whole, in the place of an older one, and wait until the disk has it.

    Parameters
    ----------
    path
        The file.
    fill
        Writes its content, from the beginning to the end.
    """
    partial = partial_of(path)
    with _synced(partial) as file:
        fill(file)
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names of the files in a folder."""
    if os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _synced(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
