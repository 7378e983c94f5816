"""Images and what is written down of the objects in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.sources.passed_over import passed_over_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.annotations.records import AnnotationSet
    from twinscore.images.records import ImageItem
    from twinscore.images.sources.columns import ColumnedSource


class AnnotatedSource:
    """A source of images that knows the annotations of their objects; its images are whole.

    Parameters
    ----------
    source
        The images.
    annotations
        Of some of them, or of all.
    """

    def __init__(self, source: ColumnedSource, annotations: AnnotationSet) -> None:
        self._source = source
        self.annotations = annotations

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
        """Iterate over the images."""
        return iter(self._source)
