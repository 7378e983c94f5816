"""Labels of images given by the caller."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twinscore.images.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.records import ImageItem
    from twinscore.images.sources.columns import ColumnedSource

LABEL_COLUMN = "label"
"""Where labels stand that come beside the images; it takes the place of a column of that name."""


class LabelledSource(WrappedSource):
    """A source whose images get a label each.

    Parameters
    ----------
    source
        The images.
    labels
        One per image, in the order of the source.
    """

    def __init__(self, source: ColumnedSource, labels: tuple[str, ...]) -> None:
        super().__init__(source)
        self._labels = labels

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns of the source, and of the labels."""
        return tuple(dict.fromkeys((*self._source.column_names, LABEL_COLUMN)))

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images, each with its label."""
        for item, label in zip(self._source, self._labels, strict=True):
            yield replace(item, columns={**item.columns, LABEL_COLUMN: label})
