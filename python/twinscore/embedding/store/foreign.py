"""The layout of other image-embedding tools: img_emb/img_emb_0.npy, metadata/metadata_0.parquet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.embedding.records import Embeddings

if TYPE_CHECKING:
    import os

    import numpy.typing as npt
    import pyarrow as pa

_VECTORS_FOLDER = "img_emb"
_ROWS_FOLDER = "metadata"
_VECTORS_NAME = re.compile(r"img_emb_(\d+)\.npy")
_ROWS_NAME = re.compile(r"metadata_(\d+)\.parquet")
_NAMING_COLUMNS = ("image_path", "path", "url", "key")
_FLOATS = ("float16", "float32")


def is_foreign_store(folder: str | os.PathLike[str]) -> bool:
    """Tell whether a folder has that layout."""
    return bool(_numbered(Path(folder) / _VECTORS_FOLDER, _VECTORS_NAME))


def load_foreign_store(folder: str | os.PathLike[str]) -> Embeddings:
    """Load embeddings in the layout of other tools.

    Images are named by the column ``image_path``, ``path``, ``url`` or ``key``, the first that is
    there, and by file and row without metadata. Columns of text become columns.

    Parameters
    ----------
    folder
        Holds ``img_emb/img_emb_N.npy`` and, if there is metadata,
        ``metadata/metadata_N.parquet`` with as many rows.

    Returns
    -------
    Embeddings
        In numerical order of the files; float16 is kept, and mapped where there is one file.

    Raises
    ------
    ValueError
        A file is damaged, has no partner, or has other rows or columns than the others.
    """
    vectors_files = _numbered(Path(folder) / _VECTORS_FOLDER, _VECTORS_NAME)
    rows_files = _numbered(Path(folder) / _ROWS_FOLDER, _ROWS_NAME)
    if rows_files and rows_files.keys() != vectors_files.keys():
        lonely = min(rows_files.keys() ^ vectors_files.keys())
        path = vectors_files.get(lonely) or rows_files[lonely]
        raise ValueError(f"{path} has no partner among the files of vectors and metadata")
    parts = [_load_vectors(path) for path in vectors_files.values()]
    for path, part in zip(vectors_files.values(), parts, strict=True):
        if part.shape[1] != parts[0].shape[1]:
            raise ValueError(
                f"{path}: expected {parts[0].shape[1]} columns as in the first file, "
                f"got {part.shape[1]}"
            )
    vectors = parts[0] if len(parts) == 1 else np.concatenate(parts)
    names: tuple[str, ...] | None = None
    columns: dict[str, tuple[str | None, ...]] = {}
    if rows_files:
        table = _load_rows(rows_files, vectors_files, [len(part) for part in parts])
        columns = _text_columns(table)
        names = next(
            (_complete(columns[name]) for name in _NAMING_COLUMNS if name in columns), None
        )
    if names is None:
        named_parts = zip(vectors_files.values(), parts, strict=True)
        names = tuple(
            f"{path.name} row {row}" for path, part in named_parts for row in range(len(part))
        )
    return Embeddings(vectors=vectors, names=names, columns=columns)


def _numbered(folder: Path, pattern: re.Pattern[str]) -> dict[int, Path]:
    """Find numbered files, by number: 10 comes after 9."""
    if not folder.is_dir():
        return {}
    found = ((pattern.fullmatch(path.name), path) for path in folder.iterdir())
    return dict(sorted((int(match[1]), path) for match, path in found if match))


def _load_vectors(path: Path) -> npt.NDArray[Any]:
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ValueError(f"{path} is not a complete .npy file: {error}") from error
    if values.ndim != 2 or 0 in values.shape or str(values.dtype) not in _FLOATS:
        raise ValueError(
            f"{path}: expected {' or '.join(_FLOATS)} of shape (rows, columns), "
            f"got {values.dtype} of shape {values.shape}"
        )
    bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(bad):
        raise ValueError(f"{path}: expected finite values, got NaN or infinity in row {bad[0]}")
    return np.asarray(values)


def _load_rows(
    rows_files: dict[int, Path], vectors_files: dict[int, Path], counts: list[int]
) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    tables = []
    for (number, path), count in zip(rows_files.items(), counts, strict=True):
        try:
            table = parquet.ParquetFile(path).read()
        except (OSError, pa.ArrowException) as error:
            raise ValueError(f"{path} cannot be read: {error}") from error
        if len(table) != count:
            raise ValueError(
                f"{path}: expected {count} rows as in {vectors_files[number].name}, "
                f"got {len(table)}"
            )
        tables.append(table)
    return pa.concat_tables(tables, promote_options="permissive")


def _text_columns(table: pa.Table) -> dict[str, tuple[str | None, ...]]:
    import pyarrow as pa

    return {
        field.name: tuple(table[field.name].to_pylist())
        for field in table.schema
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    }


def _complete(names: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(f"row {row}" if name is None else name for row, name in enumerate(names))
