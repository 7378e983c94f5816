"""The vectors of a shard, read once from the first to the last, and looked at on the way."""

from __future__ import annotations

import hashlib
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np

from twinscore.base.array_files import npy_row_blocks, read_npy_header
from twinscore.embedding.store.description import DTYPES
from twinscore.embedding.store.directory import UnreachableError
from twinscore.embedding.store.rows import OK
from twinscore.embedding.store.seal import check_embeddings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import pyarrow as pa

    from twinscore.base.array_files import ArrayHeader
    from twinscore.embedding.store.description import StoreDescription
    from twinscore.embedding.store.shards import Shard

_BYTES_AT_ONCE = 1 << 20


class VectorBlocks:
    """Some megabytes of rows at a time; iterated over once.

    Parameters
    ----------
    shard
        Its file of vectors is read.
    table
        Its rows.
    description
        Of the store; None where that is not known, and any width and dtype is right.

    Raises
    ------
    ValueError
        While iterating: the file is missing or damaged, or not the one that was written with
        these rows, which only its end tells.
    UnreachableError
        What holds the store does not answer.
    """

    def __init__(self, shard: Shard, table: pa.Table, description: StoreDescription | None) -> None:
        self._shard = shard
        self._table = table
        self._description = description
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[npt.NDArray[Any]]:
        """Iterate over blocks of shape (rows, d)."""
        statuses = self._table["status"].to_pylist()
        is_ok = np.array([status == OK for status in statuses], dtype=np.bool_)
        start = 0
        try:
            with self._shard.directory.open(self._shard.embeddings) as opened:
                file = cast("IO[bytes]", _Digesting(opened, self._digest))
                header = read_npy_header(file)
                self._check_form(header)
                for block in npy_row_blocks(file, header):
                    of_block = is_ok[start : start + len(block)]
                    self._check_finite(block if of_block.all() else block[of_block])
                    start += len(block)
                    yield block
                while file.read(_BYTES_AT_ONCE):
                    pass
        except (UnreachableError, _DamageError):
            raise
        except (OSError, ValueError, EOFError, TypeError) as error:
            reason = " ".join(str(error).split())
            raise ValueError(f"{self._place!r} is not a complete .npy file: {reason}") from error
        check_embeddings(self._table, self._shard.embeddings, self.sha256)

    @property
    def sha256(self) -> str:
        """Of the file, once all of it was read."""
        return self._digest.hexdigest()

    @property
    def _place(self) -> str:
        return self._shard.directory.place(self._shard.embeddings)

    def _check_form(self, header: ArrayHeader) -> None:
        rows = len(self._table)
        dtype, width = str(header.dtype), header.shape[-1] if header.shape else 0
        if self._description is not None:
            dtype, width = self._description.dtype, self._description.dimension
        if (header.shape, str(header.dtype)) != ((rows, width), dtype):
            raise _DamageError(
                f"{self._place}: expected {dtype} of shape {(rows, width)} as its "
                f"metadata and store.json say, got {header.dtype} of shape {header.shape}"
            )
        if dtype not in DTYPES:
            raise _DamageError(f"{self._place}: expected {' or '.join(DTYPES)}, got {dtype}")
        if not header.is_row_major:
            raise _DamageError(f"{self._place}: expected rows one after the other, got columns")

    def _check_finite(self, rows: npt.NDArray[Any]) -> None:
        if not np.isfinite(rows).all():
            raise _DamageError(
                f"{self._place}: a row of status {OK!r} holds NaN or infinity: the file is damaged"
            )


class _DamageError(ValueError):
    """Damage that is described in full."""


class _Digesting:
    """Reads a file, and takes the digest of what was read."""

    def __init__(self, file: IO[bytes], digest: Any) -> None:
        self._file = file
        self._digest = digest

    def read(self, size: int) -> bytes:
        content = self._file.read(size)
        self._digest.update(content)
        return content
