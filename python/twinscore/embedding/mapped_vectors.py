"""Embeddings that stay on disk: the files of a store, or one of them, mapped into memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.array_files import map_npy
from twinscore.embedding.store import is_store
from twinscore.embedding.store.reader import mapped_store

if TYPE_CHECKING:
    import os

    import numpy.typing as npt

    from twinscore.base.arrays import IdArray


def mapped_vectors(
    path: str | os.PathLike[str],
) -> tuple[tuple[npt.NDArray[Any], ...], IdArray | None]:
    """Map the vectors of a store or of a ``.npy`` file, read-only.

    Returns
    -------
    parts
        Shapes (n_i, d): one under the other, the rows.
    chosen
        Shape (n,), ascending: the rows that are embeddings; None for all.

    Raises
    ------
    FileNotFoundError
        There is no such file or folder.
    ValueError
        It is neither, or damaged; the message names the file.
    """
    location = Path(path)
    if is_store(location):
        return mapped_store(location)
    if not location.exists():
        raise FileNotFoundError(f"expected a store or a .npy file, but {path!r} does not exist")
    if location.is_dir() or location.suffix.lower() != ".npy":
        raise ValueError(f"expected a store or a .npy file, got {str(path)!r}")
    return (map_npy(location),), None
