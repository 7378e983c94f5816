"""A source with a note of the files that were passed over beside its images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.sources.endings import is_image_name
from twinscore.images.sources.passed_over import added_up, count_passed_over, passed_over_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twinscore.images.records import ImageItem
    from twinscore.images.sources.columns import ColumnedSource


class NotedSource:
    """A source that also knows what was passed over where its images were looked for.

    Parameters
    ----------
    source
        The images.
    names
        Of all files among which they were found.
    """

    def __init__(self, source: ColumnedSource, names: Iterable[str]) -> None:
        self._source = source
        found = count_passed_over(name for name in names if not is_image_name(name))
        self.passed_over = added_up([passed_over_by(source), found])

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns of the source."""
        return self._source.column_names

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._source)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images."""
        return iter(self._source)
