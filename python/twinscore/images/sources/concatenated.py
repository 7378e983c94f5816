"""Several sources, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.sources.passed_over import added_up, passed_over_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.images.records import ImageItem
    from twinscore.images.sources.columns import ColumnedSource


class ConcatenatedSource:
    """The images of several sources, in the order of the sources.

    Parameters
    ----------
    sources
        At least one.
    """

    def __init__(self, sources: Sequence[ColumnedSource]) -> None:
        self._sources = tuple(sources)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that images of any of the sources carry."""
        return tuple(dict.fromkeys(name for s in self._sources for name in s.column_names))

    @property
    def passed_over(self) -> dict[str, int]:
        """What all sources passed over."""
        return added_up(map(passed_over_by, self._sources))

    def __len__(self) -> int:
        """Return the number of images of all sources."""
        return sum(len(source) for source in self._sources)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images of one source after the other."""
        for source in self._sources:
            yield from source
