"""Shards: pairs of files that appear, change and vanish together, even under kill -9.

Both files are first written whole under other names. Renaming the metadata to its *ready* name is
the moment of the commit: before it the shard in flight is discarded, after it the rest of the
renaming is done again when the store is next opened for writing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.array_files import map_npy
from twinscore.base.durable import partial_of, sync_folder, write_npy, write_parquet
from twinscore.embedding.store.rows import OK
from twinscore.embedding.store.seal import sealed

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    import pyarrow as pa

_METADATA_NAME = re.compile(r"metadata_(\d{5,})\.parquet")
_EMBEDDINGS_NAME = re.compile(r"embeddings_(\d{5,})\.npy")
_READY_NAME = re.compile(r"\.metadata_(\d{5,})\.parquet\.ready")
_PARTIAL_GLOB = ".*.partial"
_ROWS_PER_CHECK = 4096


@dataclass(frozen=True, slots=True)
class Shard:
    """One pair of files, which need not exist."""

    folder: Path
    number: int

    @property
    def embeddings(self) -> Path:
        """File of the vectors."""
        return self.folder / f"embeddings_{self.number:05d}.npy"

    @property
    def metadata(self) -> Path:
        """File of the rows."""
        return self.folder / f"metadata_{self.number:05d}.parquet"

    @property
    def _ready(self) -> Path:
        return self.metadata.with_name(f".{self.metadata.name}.ready")

    def load_vectors(self) -> npt.NDArray[Any]:
        """Map the vectors, read-only.

        Raises
        ------
        ValueError
            The file is missing or damaged.
        """
        return map_npy(self.embeddings)

    def load_table(self, columns: list[str] | None = None) -> pa.Table:
        """Read the rows.

        Raises
        ------
        ValueError
            The file is missing or damaged.
        """
        from pyarrow import ArrowException, parquet

        try:
            with parquet.ParquetFile(self.metadata) as file:
                table = file.read(columns=columns)
                table.validate(full=True)
        except (OSError, ArrowException, ValueError) as error:
            reason = " ".join(str(error).split())
            raise ValueError(f"{self.metadata} cannot be read: {reason}") from error
        return table

    def check_finite(self, table: pa.Table) -> None:
        """Make sure that every image with an embedding has a finite one.

        Raises
        ------
        ValueError
            One has not.
        """
        vectors = self.load_vectors()
        is_ok = np.array([status == OK for status in table["status"].to_pylist()], dtype=np.bool_)
        for start in range(0, len(vectors), _ROWS_PER_CHECK):
            part = slice(start, start + _ROWS_PER_CHECK)
            if not np.isfinite(vectors[part][is_ok[part]]).all():
                raise ValueError(
                    f"{self.embeddings}: a row of status {OK!r} holds NaN or infinity: "
                    "the file is damaged"
                )

    def seal(self, made_by: str) -> None:
        """Give a shard of an older version its checksums; its vectors stay as they are."""
        metadata = partial_of(self.metadata)
        write_parquet(metadata, sealed(self.load_table(), self.embeddings, made_by))
        metadata.replace(self.metadata)
        sync_folder(self.folder)

    def commit(self, vectors: npt.NDArray[Any], table: pa.Table, made_by: str) -> None:
        """Write the shard, or replace it; a reader that comes in between sees whole files.

        Parameters
        ----------
        vectors
            Shape (n, d).
        table
            n rows.
        made_by
            What made the store, as JSON.
        """
        embeddings, metadata = partial_of(self.embeddings), partial_of(self.metadata)
        try:
            write_npy(embeddings, vectors)
            write_parquet(metadata, sealed(table, embeddings, made_by))
        except BaseException:
            embeddings.unlink(missing_ok=True)
            raise
        metadata.replace(self._ready)
        self.finish_commit()

    def finish_commit(self) -> None:
        """Do what remains to be done once the commit was decided."""
        sync_folder(self.folder)
        embeddings = partial_of(self.embeddings)
        if embeddings.exists():
            embeddings.replace(self.embeddings)
            sync_folder(self.folder)
        self._ready.replace(self.metadata)
        sync_folder(self.folder)

    def remove(self) -> None:
        """Take the shard away, or what is left of it."""
        self.metadata.unlink(missing_ok=True)
        sync_folder(self.folder)
        self.embeddings.unlink(missing_ok=True)


def find_shards(folder: Path) -> list[Shard]:
    """List the committed shards in order."""
    numbers = (_METADATA_NAME.fullmatch(path.name) for path in folder.iterdir())
    return [Shard(folder, number) for number in sorted(int(found[1]) for found in numbers if found)]


def lost_numbers(folder: Path, shards: int) -> list[int]:
    """List the numbers of shards that are not there any more, in a store that had so many.

    Parameters
    ----------
    folder
        A store in which no run was under way when it was last described.
    shards
        How many it had then.
    """
    numbers = {shard.number for shard in find_shards(folder)}
    orphans = {
        int(found[1])
        for path in folder.iterdir()
        if (found := _EMBEDDINGS_NAME.fullmatch(path.name)) and int(found[1]) not in numbers
    }
    gaps = sorted(set(range(max(numbers | orphans, default=-1))) - numbers - orphans)
    return sorted(orphans | set(gaps[: max(0, shards - len(numbers) - len(orphans))]))


def recover(folder: Path) -> None:
    """Finish what a killed writer had decided, and discard what it had not."""
    for path in list(folder.iterdir()):
        if found := _READY_NAME.fullmatch(path.name):
            Shard(folder, int(found[1])).finish_commit()
    for path in folder.glob(_PARTIAL_GLOB):
        path.unlink()
    for path in list(folder.iterdir()):
        found = _EMBEDDINGS_NAME.fullmatch(path.name)
        if found and not Shard(folder, int(found[1])).metadata.exists():
            path.unlink()
