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
import numpy.typing as npt

from twinscore.base.durable import partial_of, sync_folder, write_npy, write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

_METADATA_NAME = re.compile(r"metadata_(\d{5,})\.parquet")
_EMBEDDINGS_NAME = re.compile(r"embeddings_(\d{5,})\.npy")
_READY_NAME = re.compile(r"\.metadata_(\d{5,})\.parquet\.ready")
_PARTIAL_GLOB = ".*.partial"


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
        try:
            return np.asarray(np.load(self.embeddings, mmap_mode="r", allow_pickle=False))
        except (OSError, ValueError, EOFError) as error:
            raise ValueError(f"{self.embeddings} is not a complete .npy file: {error}") from error

    def load_table(self, columns: list[str] | None = None) -> pa.Table:
        """Read the rows.

        Raises
        ------
        ValueError
            The file is missing or damaged.
        """
        from pyarrow import ArrowException, parquet

        try:
            return parquet.ParquetFile(self.metadata).read(columns=columns)
        except (OSError, ArrowException) as error:
            raise ValueError(f"{self.metadata} cannot be read: {error}") from error

    def commit(self, vectors: npt.NDArray[Any], table: pa.Table) -> None:
        """Write the shard, or replace it; a reader that comes in between sees whole files."""
        embeddings, metadata = partial_of(self.embeddings), partial_of(self.metadata)
        try:
            write_npy(embeddings, vectors)
            write_parquet(metadata, table)
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
        """Take the shard away."""
        self.metadata.unlink()
        sync_folder(self.folder)
        self.embeddings.unlink()


def find_shards(folder: Path) -> list[Shard]:
    """List the committed shards in order."""
    numbers = (_METADATA_NAME.fullmatch(path.name) for path in folder.iterdir())
    return [Shard(folder, number) for number in sorted(int(found[1]) for found in numbers if found)]


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
