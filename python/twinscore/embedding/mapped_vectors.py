"""Embeddings that stay on disk: the files of a store, or one of them, mapped into memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.array_files import map_npy
from twinscore.embedding.store import is_store
from twinscore.embedding.store.reader import mapped_store
from twinscore.images.sources.remote import fetch
from twinscore.images.sources.url import Url, is_url

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import IdArray

_ENDING = ".npy"


def mapped_vectors(
    path: str | os.PathLike[str],
) -> tuple[tuple[npt.NDArray[Any], ...], IdArray | None]:
    """Map the vectors of a store or of a ``.npy`` file, read-only.

    Those at a URL are brought to a temporary file, a part at a time.

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
    typed = os.fspath(path)
    if is_url(typed) and Url.of(typed).path.lower().endswith(_ENDING):
        return (map_npy(fetch(typed)),), None
    if is_store(typed):
        return mapped_store(typed)
    if is_url(typed):
        shown = Url.of(typed).shown
        raise ValueError(f"expected a store or a .npy file, but there is none at {shown!r}")
    location = Path(typed)
    if not location.exists():
        raise FileNotFoundError(f"expected a store or a .npy file, but {path!r} does not exist")
    if location.is_dir() or location.suffix.lower() != _ENDING:
        raise ValueError(f"expected a store or a .npy file, got {str(path)!r}")
    return (map_npy(location),), None
