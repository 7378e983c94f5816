"""A source around another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.sources.passed_over import passed_over_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.records import ImageItem
    from twinscore.images.sources.columns import ColumnedSource


class WrappedSource:
    """The images of another source as they are; subclasses say what is different.

    Parameters
    ----------
    source
        The images.
    """

    def __init__(self, source: ColumnedSource) -> None:
        self._source = source

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns of the source."""
        return self._source.column_names

    @property
    def passed_over(self) -> dict[str, int]:
        """What the source passed over."""
        return passed_over_by(self._source)

    def __len__(self) -> int:
        """Return the number of images, readable or not."""
        return len(self._source)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in the order of the source."""
        return iter(self._source)
