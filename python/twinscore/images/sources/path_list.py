"""Image files by their paths."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.records import ImageItem
from twinscore.images.sources.endings import printable
from twinscore.images.sources.folder_levels import folder_column_names, folder_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class PathList:
    """Image files at given paths, in their order.

    Parameters
    ----------
    paths
        As typed.
    root
        Folder that the columns of `folder_columns` are relative to.
    """

    def __init__(self, paths: Sequence[str], root: str) -> None:
        self._paths = tuple(paths)
        self._root = root

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return folder_column_names(self._relative(path) for path in self._paths)

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._paths)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the files in order."""
        for path in self._paths:
            columns = folder_columns(printable(self._relative(path)))
            yield ImageItem(printable(path), Path(path), columns=columns)

    def _relative(self, path: str) -> str:
        location = Path(path)
        inside = location.is_relative_to(self._root)
        return (location.relative_to(self._root) if inside else Path(location.name)).as_posix()
