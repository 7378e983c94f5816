"""Images in a column of a Parquet file."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.images.records import ImageItem
from twinscore.images.sources.failure import failed_item
from twinscore.images.sources.image_column import find_image_column
from twinscore.images.sources.listed_images import ListedImages
from twinscore.images.sources.manifest import (
    GROUP_COLUMN,
    is_scalar,
    is_vector_type,
    text_columns,
)
from twinscore.images.sources.remote_file import origin_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.records import Origin

_ROWS_AT_A_TIME = 16
_BUFFER_BYTES = 1 << 20

_MOST_WHOLE = 1 << 26
"""Bytes of a part of a file up to which it is read as a whole. A buffer that a larger one is read
through grows to whatever size a damaged page claims, up to 2 GiB."""


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
    if any(is_vector_type(schema.field(name).type) for name in schema.names):
        return None
    column = find_image_column(path, os.fspath(path))
    return None if column is None else ParquetImages(path, column, os.fspath(path))


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
    allow_remote_paths
        Whether a table at a URL may lead to other places than its own host.

    Raises
    ------
    ValueError
        There are no rows.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        column: str,
        typed: str,
        *,
        allow_remote_paths: bool = False,
    ) -> None:
        import pyarrow.parquet as pq

        self._path = Path(path)
        self._column = column
        self._typed = typed
        self._images = ListedImages(typed, allow_remote_paths)
        with pq.ParquetFile(path) as file:
            self._columns = tuple(scalar_names(file.schema_arrow))
            self._rows = file.metadata.num_rows
            groups = [file.metadata.row_group(place) for place in range(file.num_row_groups)]
            if sum(group.num_rows for group in groups) != self._rows:
                raise ValueError(f"{typed!r} is damaged: its parts have not {self._rows:,} rows")
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
        with pa.OSFile(os.fspath(self._path)) as file:
            metadata = pq.read_metadata(file)
            for group in range(metadata.num_row_groups):
                end = row + metadata.row_group(group).num_rows
                try:
                    for record in islice(self._records(file, metadata, group), end - row):
                        yield self._item(row, record)
                        row += 1
                    if row < end:
                        raise ValueError("rows are missing")
                except (pa.ArrowException, OSError, ValueError) as error:
                    # Text that is no UTF-8 and dates beyond the calendar are ValueErrors.
                    reason = f"damaged file ({' '.join(str(error).split())})"
                    while row < end:
                        yield failed_item(self._name(row), reason, self._origin(row))
                        row += 1

    def _records(self, file: Any, metadata: Any, group: int) -> Iterator[dict[str, Any]]:
        import pyarrow.parquet as pq

        claimed = metadata.row_group(group).total_byte_size
        is_whole = min(claimed, file.size()) <= _MOST_WHOLE
        options = {"pre_buffer": False, "buffer_size": 0 if is_whole else _BUFFER_BYTES}
        with pq.ParquetFile(file, metadata=metadata, **options) as opened:
            batches = opened.iter_batches(
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


def scalar_names(schema: Any) -> list[str]:
    """Name the columns of a pyarrow schema that hold one value a row."""
    return [field.name for field in schema if is_scalar(field.type)]
