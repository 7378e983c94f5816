"""Folders as columns, by which images are sliced and grouped."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = "folder"


def folder_columns(relative: str) -> dict[str, str]:
    """Return the columns that the place of an image in a tree gives.

    Parameters
    ----------
    relative
        POSIX path of the image below the root.

    Returns
    -------
    dict
        ``folder``, the path of its folder, "." at the root; ``folder:1``, the name of the
        outermost folder below the root, ``folder:2`` of the next, as deep as it lies.

    Examples
    --------
    >>> folder_columns("night/clip 7/0001.png")
    {'folder': 'night/clip 7', 'folder:1': 'night', 'folder:2': 'clip 7'}
    """
    parent = PurePosixPath(relative).parent
    levels = {f"{FOLDER}:{level}": name for level, name in enumerate(parent.parts, start=1)}
    return {FOLDER: str(parent), **levels}


def folder_column_names(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the columns that any of these relative paths has."""
    depth = max((path.count("/") for path in paths), default=0)
    return (FOLDER, *(f"{FOLDER}:{level}" for level in range(1, depth + 1)))
