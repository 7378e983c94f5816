"""Sources whose images carry columns, and groups made of one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from twinscore.images.sources.passed_over import passed_over_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.records import ImageItem


class ColumnedSource(Protocol):
    """An `ImageSource` that can name its columns."""

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that at least one image carries."""

    def __len__(self) -> int:
        """Return the number of images, readable or not."""

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in their deterministic order."""


class GroupedByColumn:
    """A source whose groups are the values of a column.

    Parameters
    ----------
    source
        The images.
    column
        Its name. An image without it has no group and stands for itself.
    side
        Names the side in messages.

    Raises
    ------
    ValueError
        No image carries such a column; the message names those there are.
    """

    def __init__(self, source: ColumnedSource, column: str, *, side: str) -> None:
        if column not in source.column_names:
            raise ValueError(unknown_column(column, source.column_names, f"{side} images"))
        self._source = source
        self._column = column

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns of the source."""
        return self._source.column_names

    @property
    def passed_over(self) -> dict[str, int]:
        """What the source passed over."""
        return passed_over_by(self._source)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._source)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images, each with the group that its column names."""
        for item in self._source:
            yield replace(item, group=item.columns.get(self._column))


def unknown_column(column: str, known: tuple[str, ...], label: str) -> str:
    """Return the message about a column that is not there."""
    expected = f"expected one of the columns {', '.join(known)}" if known else "it has no columns"
    return f"{label}: group_by={column!r}: {expected}; or pass the groups themselves"
