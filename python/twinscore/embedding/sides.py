"""One side of the comparison, in whatever form it is given: images to embed, or points."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twinscore.base.array_likes import is_array_like
from twinscore.embedding.files.vector_column import own_groups
from twinscore.embedding.files.vectors import (
    embeddings_from_array,
    embeddings_from_rows,
    is_one_vector,
    is_rows_of_numbers,
)
from twinscore.embedding.locations import EXPECTED, open_location
from twinscore.embedding.records import Embeddings
from twinscore.embedding.tables import is_table, open_table
from twinscore.images.sources.clips import DEFAULT_INTERVAL, check_interval
from twinscore.images.sources.grouping import (
    GroupedByColumn,
    RegroupedSource,
    checked_groups,
    unknown_column,
)
from twinscore.images.sources.labelling import LABEL_COLUMN, LabelledSource
from twinscore.images.sources.sequence import SequenceSource

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.images.sources.columns import ColumnedSource


def open_source(
    value: Any,
    *,
    side: str,
    group_by: str | None = None,
    groups: Sequence[Any] | npt.NDArray[Any] | None = None,
    labels: Sequence[Any] | npt.NDArray[Any] | None = None,
    video_interval: float = DEFAULT_INTERVAL,
    allow_remote_paths: bool = False,
    on_disk: bool = False,
) -> ColumnedSource | Embeddings:
    """Recognise one side of the comparison by its kind.

    Parameters
    ----------
    value
        A path, a URL that fsspec knows, or a pattern with wildcards and brace ranges: a folder of
        images and video clips, a list (.txt), a manifest (.csv, .tsv, .parquet), an archive
        (.tar, .zip), images or embeddings in .parquet, a clip, embeddings (.npy, .npz), an
        embedding store (or the layout ``img_emb/img_emb_0.npy``, ``metadata/metadata_0.parquet``
        of other tools); a float array or tensor of shape (n, d) or a list of such rows, a data
        frame of pandas, polars or pyarrow with a column ``path`` or ``embedding``, a uint8 array
        or tensor of n images, an iterable of images (paths, encoded bytes, PIL images, arrays,
        tensors), or a source or embeddings opened before.
    side
        "real" or "synthetic": names the side in messages.
    group_by
        A column: images with the same value form a group. Folders and archives have ``folder``
        and ``folder:1``, ``folder:2``, ... (`folder_columns`), tables have their own. None: the
        column ``group`` of a table, the clip of a frame, else no groups.
    groups
        One group (a string or an integer) per image or row, in the order of the source; takes
        the place of any group the source knows.
    labels
        One class per image or row in the same order, which makes a column of that name.
    video_interval
        Seconds between two frames of a clip.
    allow_remote_paths
        Whether a list or table at a URL may lead to files of this machine and to other hosts.
    on_disk
        Whether the embeddings of a store shall stay out of memory.

    Raises
    ------
    FileNotFoundError
        The path does not exist.
    TypeError, ValueError
        The kind of input is not known, or what it holds is not usable.
    MissingExtraError
        URLs, video: the package for it is not installed.
    """
    check_interval(video_interval)
    opened = _open(value, side, video_interval, allow_remote_paths, on_disk)
    if labels is not None:
        opened = _labelled(opened, labels, side)
    if isinstance(opened, Embeddings):
        rows = len(opened.vectors)
        if groups is not None:
            return replace(opened, groups=checked_groups(groups, rows, side=side, counted="rows"))
        return opened if group_by is None else _grouped(opened, group_by, side)
    if groups is not None:
        return RegroupedSource(opened, checked_groups(groups, len(opened), side=side))
    return opened if group_by is None else GroupedByColumn(opened, group_by, side=side)


def _open(
    value: Any, side: str, video_interval: float, allow_remote_paths: bool, on_disk: bool
) -> ColumnedSource | Embeddings:
    if isinstance(value, str | os.PathLike):
        return open_location(
            os.fspath(value),
            side=side,
            video_interval=video_interval,
            allow_remote_paths=allow_remote_paths,
            on_disk=on_disk,
        )
    if isinstance(value, Embeddings):
        return value
    if is_table(value):
        return open_table(value, side)
    if is_array_like(value) and (value.ndim == 2 or is_one_vector(value)):
        return embeddings_from_array(value, label=f"{side} embeddings")
    if is_rows_of_numbers(value):
        return embeddings_from_rows(value, label=f"{side} embeddings")
    if hasattr(value, "column_names"):
        source: ColumnedSource = value
        return source
    if isinstance(value, bytes | bytearray) or not isinstance(value, Iterable):
        raise TypeError(
            f"{side} side: {EXPECTED}, an array of shape (n, d) or an iterable of images, "
            f"got {type(value).__name__}"
        )
    return SequenceSource(value, side=side)


def _labelled(
    opened: ColumnedSource | Embeddings, labels: Sequence[Any] | npt.NDArray[Any], side: str
) -> ColumnedSource | Embeddings:
    if isinstance(opened, Embeddings):
        rows = len(opened.vectors)
        names = checked_groups(labels, rows, side=side, counted="rows", what="label")
        return replace(opened, columns={**opened.columns, LABEL_COLUMN: names})
    return LabelledSource(opened, checked_groups(labels, len(opened), side=side, what="label"))


def _grouped(embeddings: Embeddings, group_by: str, side: str) -> Embeddings:
    if group_by in embeddings.columns:
        return replace(embeddings, groups=own_groups(embeddings.columns[group_by]))
    if embeddings.groups is not None and not embeddings.columns:
        return embeddings
    known = tuple(embeddings.columns)
    raise ValueError(unknown_column(group_by, known, f"{side} embeddings"))
