"""Parquet files: embeddings, images, or paths of images."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from twinscore.embedding.files.vector_column import EMBEDDING_COLUMNS, read_vector_column
from twinscore.images.sources.image_column import find_image_column
from twinscore.images.sources.manifest import PATH_COLUMN, Manifest, is_vector_type
from twinscore.images.sources.parquet import ParquetImages, scalar_names

if TYPE_CHECKING:
    from twinscore.embedding.records import Embeddings


def open_parquet(
    path: str | os.PathLike[str], typed: str | None = None, *, allow_remote_paths: bool = False
) -> Embeddings | ParquetImages | Manifest:
    """Open a Parquet file by what it holds.

    In this order: a column ``embedding`` or ``embeddings`` of lists of floats: embeddings; a
    column of encoded images (`find_image_column`), as Hugging Face writes them (a struct of
    ``bytes`` and ``path``) or plain binary: images; a column ``path``: paths, as in a manifest;
    the only column of lists of floats: embeddings.

    Raises
    ------
    FileNotFoundError, PermissionError
        The file is not there or may not be read.
    ValueError
        It is damaged or holds none of these.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    label = os.fspath(path) if typed is None else typed
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
    except (FileNotFoundError, PermissionError):
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{label!r}: expected a Parquet file, got {reason}") from error
    vectors = [field.name for field in schema if is_vector_type(field.type)]
    named = [name for name in EMBEDDING_COLUMNS if name in vectors]
    if named:
        return _read_embeddings(path, named[0], label)
    images = find_image_column(path, label)
    if images is not None:
        return ParquetImages(path, images, label, allow_remote_paths=allow_remote_paths)
    if PATH_COLUMN in schema.names:
        table = _read_table(path, label, scalar_names(schema))
        return Manifest(table, label, allow_remote_paths=allow_remote_paths)
    if len(vectors) == 1:
        return _read_embeddings(path, vectors[0], label)
    raise ValueError(
        f"{label!r}: expected a column of encoded images, a column 'path' or a column 'embedding', "
        f"got {', '.join(repr(name) for name in schema.names) or 'no columns'}"
    )


def _read_table(path: str | os.PathLike[str], label: str, columns: list[str]) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns=columns)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{label!r} is damaged: {reason}") from error


def _read_embeddings(path: str | os.PathLike[str], column: str, label: str) -> Embeddings:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        scalars = scalar_names(file.schema_arrow)
    return read_vector_column(_read_table(path, label, [column, *scalars]), column, label)
