"""Where images and embeddings come from: a source lists, it never decodes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.records import Embeddings, ImageSource
from twinscore.sources.arrays import is_array_like
from twinscore.sources.folder import FolderSource
from twinscore.sources.grouping import RegroupedSource, checked_groups
from twinscore.sources.sequence import SequenceSource
from twinscore.sources.vectors import (
    EMBEDDING_ENDINGS,
    embeddings_from_array,
    load_embeddings,
)
from twinscore.store import is_foreign_store, is_store, load_foreign_store, load_store

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = [
    "FolderSource",
    "RegroupedSource",
    "SequenceSource",
    "embeddings_from_array",
    "load_embeddings",
    "open_source",
]

_EXPECTED_PATH = "expected a folder of images or embeddings in .npy or .npz"


def open_source(
    value: Any,
    *,
    side: str,
    group_by: str | None = None,
    groups: Sequence[Any] | npt.NDArray[Any] | None = None,
) -> ImageSource | Embeddings:
    """Recognise one side of the comparison by its kind.

    Parameters
    ----------
    value
        A folder of images, an embedding store (or the layout ``img_emb/img_emb_0.npy``,
        ``metadata/metadata_0.parquet`` of other tools), a ``.npy`` or ``.npz`` file of
        embeddings, a float array or tensor of shape (n, d), a uint8 array or tensor of n images,
        an iterable of images (paths, encoded bytes, PIL images, arrays, tensors), or a source or
        embeddings opened before.
    side
        "real" or "synthetic": names the side in messages.
    group_by
        ``"folder"``: the images of one folder form a group.
    groups
        One group (a string or an integer) per image or row, in the order of the source; takes
        the place of any group the source knows.

    Raises
    ------
    FileNotFoundError
        The path does not exist.
    TypeError, ValueError
        The kind of input is not known, or what it holds is not usable.
    """
    opened = _open(value, side=side, group_by=None if groups is not None else group_by)
    if groups is None:
        return opened
    if isinstance(opened, Embeddings):
        rows = len(opened.vectors)
        return replace(opened, groups=checked_groups(groups, rows, side=side, counted="rows"))
    return RegroupedSource(opened, checked_groups(groups, len(opened), side=side))


def _open(value: Any, *, side: str, group_by: str | None) -> ImageSource | Embeddings:
    if isinstance(value, str | os.PathLike):
        return _open_path(value, side=side, group_by=group_by)
    if isinstance(value, Embeddings):
        return _needing_groups(value, f"{side} embeddings", group_by)
    if is_array_like(value) and value.ndim == 2:
        label = f"{side} embeddings"
        return _needing_groups(embeddings_from_array(value, label=label), label, group_by)
    if group_by is not None:
        raise ValueError(
            f"{side} images: group_by={group_by!r} expects a folder of images, "
            f"got {type(value).__name__}; pass the groups themselves instead"
        )
    if isinstance(value, FolderSource | SequenceSource | RegroupedSource):
        return value
    if isinstance(value, bytes | bytearray) or not isinstance(value, Iterable):
        raise TypeError(
            f"{side} side: expected a folder, a .npy or .npz file, an array of shape (n, d) "
            f"or an iterable of images, got {type(value).__name__}"
        )
    return SequenceSource(value, side=side)


def _open_path(
    path: str | os.PathLike[str], *, side: str, group_by: str | None
) -> ImageSource | Embeddings:
    typed = os.fspath(path)
    if not typed:
        raise ValueError(f"{side} side: {_EXPECTED_PATH}, got an empty path")
    location = Path(typed)
    if is_store(location):
        return _needing_groups(load_store(location), repr(typed), group_by)
    if is_foreign_store(location):
        return _needing_groups(load_foreign_store(location), repr(typed), group_by)
    if location.is_dir():
        return FolderSource(path, group_by=group_by)
    if not location.exists():
        raise FileNotFoundError(f"{side} side: {_EXPECTED_PATH}, but {typed!r} does not exist")
    if location.suffix.lower() not in EMBEDDING_ENDINGS or not location.is_file():
        raise ValueError(f"{side} side: {_EXPECTED_PATH}, got {typed!r}")
    return _needing_groups(load_embeddings(path), repr(typed), group_by)


def _needing_groups(embeddings: Embeddings, label: str, group_by: str | None) -> Embeddings:
    if group_by is not None and embeddings.groups is None:
        raise ValueError(
            f"{label}: group_by={group_by!r} expects embeddings with groups (the key 'groups' of "
            "a .npz file, or a store made with --group-by), got embeddings without; pass the "
            "groups themselves instead"
        )
    return embeddings
