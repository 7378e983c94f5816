"""Groups of correlated images: values of a column, or given by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

from twinscore.images.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from twinscore.images.records import ImageItem
    from twinscore.images.sources.columns import ColumnedSource


def checked_groups(
    groups: Iterable[Any],
    count: int,
    *,
    side: str,
    counted: str = "images",
    what: str = "group",
) -> tuple[str, ...]:
    """Turn the groups of one side, or other labels, into strings, one per image.

    Parameters
    ----------
    groups
        Strings or integers; length ``count``.
    count
        The number of images or rows of the side.
    side
        "real" or "synthetic", or a file name: names the side in messages.
    counted
        What is counted: "images" or "rows".
    what
        What each is: "group" or "label".

    Raises
    ------
    TypeError
        Not a sequence, or a group that is neither a string nor an integer.
    ValueError
        There are more or fewer groups than images.
    """
    if isinstance(groups, str | bytes) or not isinstance(groups, Iterable):
        raise TypeError(
            f"{side} {what}s: expected a sequence with one {what} per image, "
            f"got {type(groups).__name__}"
        )
    names = tuple(
        _group_name(group, place, f"{side} {what}s") for place, group in enumerate(groups)
    )
    if len(names) != count:
        raise ValueError(
            f"{side} {what}s: expected one {what} for each of the {count} {counted}, "
            f"got {len(names)} {what}s"
        )
    return names


class GroupedByColumn(WrappedSource):
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
        super().__init__(source)
        self._column = column

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images, each with the group that its column names."""
        for item in self._source:
            yield replace(item, group=item.columns.get(self._column))


def unknown_column(column: str, known: tuple[str, ...], label: str) -> str:
    """Return the message about a column that is not there."""
    expected = f"expected one of the columns {', '.join(known)}" if known else "it has no columns"
    return f"{label}: group_by={column!r}: {expected}; or pass the groups themselves"


class RegroupedSource(WrappedSource):
    """A source whose images get other groups.

    Parameters
    ----------
    source
        The images.
    groups
        One group per image, in the order of the source.
    """

    def __init__(self, source: ColumnedSource, groups: tuple[str, ...]) -> None:
        super().__init__(source)
        self._groups = groups

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images, each with its new group."""
        for item, group in zip(self._source, self._groups, strict=True):
            yield replace(item, group=group)


def _group_name(group: Any, place: int, labels: str) -> str:
    if isinstance(group, bytes):
        return group.decode("utf-8", "backslashreplace")
    if isinstance(group, str | Integral):
        return str(group)
    raise TypeError(
        f"{labels}: expected strings or integers, got {type(group).__name__} for image {place}"
    )
