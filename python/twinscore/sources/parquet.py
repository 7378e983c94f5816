"""Parquet files: embeddings, images, or paths of images."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.records import Embeddings, ImageItem
from twinscore.sources.failure import failed_item
from twinscore.sources.locations import ListedImages
from twinscore.sources.manifest import (
    GROUP_COLUMN,
    PATH_COLUMN,
    Manifest,
    is_scalar,
    text_columns,
)
from twinscore.sources.remote_file import origin_in
from twinscore.sources.vector_column import EMBEDDING_COLUMNS, is_vector_type, read_vector_column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.records import Origin

IMAGE_COLUMNS = ("image", "img", "jpg", "png")

_ROWS_AT_A_TIME = 16
_BUFFER_BYTES = 1 << 20


def open_parquet(
    path: str | os.PathLike[str], typed: str | None = None
) -> Embeddings | ParquetImages | Manifest:
    """Open a Parquet file by what it holds.

    In this order: a column ``embedding`` or ``embeddings`` of lists of floats: embeddings; a
    column of encoded images, as Hugging Face writes them (a struct of ``bytes`` and ``path``) or
    plain binary: images; a column ``path``: paths, as in a manifest; the only column of lists of
    floats: embeddings.

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
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{label!r}: expected a Parquet file, got {reason}") from error
    vectors = [field.name for field in schema if is_vector_type(field.type)]
    images = [field.name for field in schema if _holds_images(field.type)]
    named = [name for name in EMBEDDING_COLUMNS if name in vectors]
    if named:
        return _read_embeddings(path, named[0], label)
    if images:
        return ParquetImages(path, _preferred(images, IMAGE_COLUMNS), label)
    if PATH_COLUMN in schema.names:
        return Manifest(_read_table(path, label, _scalar_names(schema)), label)
    if len(vectors) == 1:
        return _read_embeddings(path, vectors[0], label)
    raise ValueError(
        f"{label!r}: expected a column of encoded images, a column 'path' or a column 'embedding', "
        f"got {', '.join(repr(name) for name in schema.names) or 'no columns'}"
    )


def images_in_parquet(path: str | os.PathLike[str]) -> ParquetImages | None:
    """Open a Parquet file if it holds encoded images and no embeddings, which are not read.

    Raises
    ------
    OSError, ValueError
        It cannot be read or has no rows.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
    images = [field.name for field in schema if _holds_images(field.type)]
    if not images or any(is_vector_type(schema.field(name).type) for name in schema.names):
        return None
    return ParquetImages(path, _preferred(images, IMAGE_COLUMNS), os.fspath(path))


class ParquetImages:
    """Encoded images in a column, in the order of the rows; a few rows are read at a time.

    Scalar columns become columns of the images; ``group`` gives the groups. Of rows in a part of
    the file that is damaged, every one is an item that fails.

    Parameters
    ----------
    path
        The file.
    column
        Binary, or a struct of ``bytes`` and ``path``.
    typed
        What names begin with.

    Raises
    ------
    ValueError
        There are no rows.
    """

    def __init__(self, path: str | os.PathLike[str], column: str, typed: str) -> None:
        import pyarrow.parquet as pq

        self._path = Path(path)
        self._column = column
        self._typed = typed
        self._images = ListedImages.beside(typed)
        with pq.ParquetFile(path) as file:
            self._columns = tuple(_scalar_names(file.schema_arrow))
            self._rows = file.metadata.num_rows
        if not self._rows:
            raise ValueError(f"{typed!r}: expected at least one row, got none")

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self._columns

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self._rows)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in the order of the rows."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        row = 0
        options = {"pre_buffer": False, "buffer_size": _BUFFER_BYTES}
        with pq.ParquetFile(self._path, **options) as file:
            for group in range(file.num_row_groups):
                end = row + file.metadata.row_group(group).num_rows
                try:
                    for record in self._records(file, group):
                        yield self._item(row, record)
                        row += 1
                except (pa.ArrowException, OSError) as error:
                    reason = f"damaged file ({' '.join(str(error).split())})"
                    while row < end:
                        yield failed_item(self._name(row), reason, self._origin(row))
                        row += 1

    def _records(self, file: Any, group: int) -> Iterator[dict[str, Any]]:
        batches = file.iter_batches(
            batch_size=_ROWS_AT_A_TIME,
            row_groups=[group],
            columns=[self._column, *self._columns],
            use_threads=False,
        )
        for batch in batches:
            yield from batch.to_pylist()

    def _item(self, row: int, record: dict[str, Any]) -> ImageItem:
        image = record.pop(self._column)
        columns = text_columns(record)
        group = columns.get(GROUP_COLUMN)
        content, listed = image, None
        if isinstance(image, dict):
            content, listed = image.get("bytes"), image.get("path")
        if content is None and listed:
            name, content = self._images.name(listed), self._images.content(listed)
            return ImageItem(name, content, group, columns)
        if content is None:
            return failed_item(self._name(row), "no image in this row", self._origin(row))
        return ImageItem(self._name(row), content, group, columns, self._origin(row))

    def _name(self, row: int) -> str:
        return f"{self._typed} row {row}"

    def _origin(self, row: int) -> Origin | None:
        return origin_in(self._path, self._typed, f"row {row}")


def _holds_images(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        names = {kind.field(place).name for place in range(kind.num_fields)}
        return "bytes" in names and _holds_images(kind.field("bytes").type)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _preferred(names: list[str], order: tuple[str, ...]) -> str:
    return next((name for name in order if name in names), names[0])


def _scalar_names(schema: Any) -> list[str]:
    return [field.name for field in schema if is_scalar(field.type)]


def _read_table(path: str | os.PathLike[str], label: str, columns: list[str]) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns=columns)
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{label!r} is damaged: {reason}") from error


def _read_embeddings(path: str | os.PathLike[str], column: str, label: str) -> Embeddings:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        scalars = _scalar_names(file.schema_arrow)
    return read_vector_column(_read_table(path, label, [column, *scalars]), column, label)
