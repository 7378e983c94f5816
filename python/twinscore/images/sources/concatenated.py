"""Several sources, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    def __len__(self) -> int:
        """Return the number of images of all sources."""
        return sum(len(source) for source in self._sources)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images of one source after the other."""
        for source in self._sources:
            yield from source
