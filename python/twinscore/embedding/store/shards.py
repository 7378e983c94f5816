"""Shards: pairs of files that appear, change and vanish together, even under kill -9.

A new shard counts from the moment its metadata is there, which is written after the embeddings.
Where both files of a shard change, they are first written whole under other names; that of the
metadata, its *ready* name, is the commit: without it what is there is discarded, with it the rest
is done again when the store is next opened for writing.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.array_files import write_npy
from twinscore.embedding.store.metadata_files import read_table, write_table
from twinscore.embedding.store.seal import npy_digest, sealed

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    import pyarrow as pa

    from twinscore.embedding.store.directory import StoreDirectory

_METADATA_NAME = re.compile(r"metadata_(\d{5,})\.parquet")
_EMBEDDINGS_NAME = re.compile(r"embeddings_(\d{5,})\.npy")
_READY_NAME = re.compile(r"\.metadata_(\d{5,})\.parquet\.ready")
_PARTIAL_NAME = re.compile(r"\..*\.partial", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shard:
    """One pair of files, which need not exist."""

    directory: StoreDirectory
    number: int

    @property
    def embeddings(self) -> str:
        """Name of the file of the vectors."""
        return f"embeddings_{self.number:05d}.npy"

    @property
    def metadata(self) -> str:
        """Name of the file of the rows."""
        return f"metadata_{self.number:05d}.parquet"

    @property
    def place(self) -> str:
        """Path or URL of the file of the rows, by which users know a shard."""
        return self.directory.place(self.metadata)

    @property
    def _staged(self) -> str:
        return f".{self.embeddings}.partial"

    @property
    def _ready(self) -> str:
        return f".{self.metadata}.ready"

    def load_vectors(self) -> npt.NDArray[Any]:
        """Map the vectors, or read them where they cannot be mapped; read-only.

        Raises
        ------
        ValueError
            The file is missing or damaged.
        """
        mapped = self.directory.map_npy(self.embeddings)
        if mapped is not None:
            return mapped
        content = io.BytesIO(self.directory.read(self.embeddings))
        vectors: npt.NDArray[Any] = np.load(content, allow_pickle=False)
        return vectors

    def load_table(self, columns: list[str] | None = None) -> pa.Table:
        """Read the rows.

        Raises
        ------
        ValueError
            The file is missing or damaged.
        """
        return read_table(self.directory, self.metadata, columns)

    def seal(self, made_by: str, embeddings_sha256: str) -> None:
        """Give a shard of an older version its checksums; its vectors stay as they are."""
        table = sealed(self.load_table(), embeddings_sha256, made_by)
        write_table(self.directory, self.metadata, table)

    def commit(self, vectors: npt.NDArray[Any], table: pa.Table, made_by: str) -> None:
        """Write a shard that there was not, or that was damaged.

        Parameters
        ----------
        vectors
            Shape (n, d).
        table
            n rows.
        made_by
            What made the store, as JSON.
        """
        rows = sealed(table, npy_digest(vectors), made_by)
        self.directory.write(self.embeddings, partial(write_npy, array=vectors))
        write_table(self.directory, self.metadata, rows)

    def replace(self, vectors: npt.NDArray[Any], table: pa.Table, made_by: str) -> None:
        """Write other rows in the place of those that are there.

        A reader that comes in between sees whole files.

        Parameters
        ----------
        vectors, table, made_by
            As for `commit`.
        """
        rows = sealed(table, npy_digest(vectors), made_by)
        self.directory.write(self._staged, partial(write_npy, array=vectors))
        write_table(self.directory, self._ready, rows)
        self._finish({self._staged, self._ready})

    def finish_replacing(self, names: set[str]) -> None:
        """Do what remains to be done of a replacement that was decided.

        Parameters
        ----------
        names
            Files of the store.
        """
        if self._ready in names:
            self._finish(names)

    def _finish(self, names: set[str]) -> None:
        if self._staged in names:
            self.directory.move(self._staged, self.embeddings)
        self.directory.move(self._ready, self.metadata)

    def remove(self) -> None:
        """Take the shard away, or what is left of it."""
        self.directory.remove(self.metadata)
        self.directory.remove(self.embeddings)


def find_shards(directory: StoreDirectory) -> list[Shard]:
    """List the committed shards in order."""
    numbers = _numbers(_METADATA_NAME, directory.names())
    return [Shard(directory, number) for number in sorted(numbers)]


def lost_numbers(directory: StoreDirectory, shards: int) -> list[int]:
    """List the numbers of shards that are not there any more, in a store that had so many.

    Parameters
    ----------
    directory
        Of a store in which no run was under way when it was last described.
    shards
        How many it had then.
    """
    names = directory.names()
    numbers = _numbers(_METADATA_NAME, names)
    orphans = _numbers(_EMBEDDINGS_NAME, names) - numbers
    gaps = sorted(set(range(max(numbers | orphans, default=-1))) - numbers - orphans)
    return sorted(orphans | set(gaps[: max(0, shards - len(numbers) - len(orphans))]))


def recover(directory: StoreDirectory) -> None:
    """Finish what a killed writer had decided, and discard what it had not."""
    names = set(directory.names())
    for number in sorted(_numbers(_READY_NAME, names)):
        Shard(directory, number).finish_replacing(names)
    left = set(directory.names())
    for name in sorted(filter(_PARTIAL_NAME.fullmatch, left)):
        directory.remove(name)
    for number in sorted(_numbers(_EMBEDDINGS_NAME, left) - _numbers(_METADATA_NAME, left)):
        directory.remove(Shard(directory, number).embeddings)


def _numbers(pattern: re.Pattern[str], names: Iterable[str]) -> set[int]:
    found = map(pattern.fullmatch, names)
    return {int(match[1]) for match in found if match}
