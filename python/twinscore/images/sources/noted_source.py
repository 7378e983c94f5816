"""A source with a note of the files that were passed over beside its images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.sources.endings import is_image_name
from twinscore.images.sources.passed_over import added_up, count_passed_over
from twinscore.images.sources.wrapped import WrappedSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twinscore.images.sources.columns import ColumnedSource


class NotedSource(WrappedSource):
    """A source that also knows what was passed over where its images were looked for.

    Parameters
    ----------
    source
        The images.
    names
        Of all files among which they were found.
    """

    def __init__(self, source: ColumnedSource, names: Iterable[str]) -> None:
        super().__init__(source)
        self._found = count_passed_over(name for name in names if not is_image_name(name))

    @property
    def passed_over(self) -> dict[str, int]:
        """What the source passed over, and what was found beside it."""
        return added_up([super().passed_over, self._found])
