"""What tells, after a restart, whether the real side is still the same."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.images.content import read_stamp
from twinscore.images.sources.endings import is_video_name
from twinscore.images.sources.url import is_url

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTS = (".csv", ".tsv", ".txt", ".parquet")


def absolute_location(real: str) -> str:
    """Return a path as it is seen from anywhere; URLs and patterns of URLs as they are."""
    return real if is_url(real) else os.path.abspath(real)  # noqa: PTH100


def real_stamp(real: str, *, allow_remote_paths: bool = False) -> str:
    """Equal as long as the files of the real side are as they were: by size and time, unread.

    Of files far away nothing but their names is asked for.

    Parameters
    ----------
    real
        Path, pattern or URL, as `twinscore.score` takes it.
    allow_remote_paths
        As there.
    """
    digest = hashlib.sha256()
    for line in _lines(real, allow_remote_paths):
        digest.update(f"{line}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _lines(real: str, allow_remote_paths: bool) -> Iterator[str]:
    path = Path(real)
    if path.is_dir():
        yield from _lines_of_tree(path)
        return
    if path.exists():
        yield _line(path.name, path)
    if path.exists() and not real.lower().endswith(LISTS):
        return
    if is_video_name(real):
        return
    source = open_source(real, side="real", allow_remote_paths=allow_remote_paths)
    if isinstance(source, Embeddings):
        return
    for item in source:
        stamp = read_stamp(item)
        yield f"{item.name} {stamp.size} {stamp.modified} {stamp.sha256}"


def _lines_of_tree(folder: Path) -> Iterator[str]:
    """Describe every file: a store, too, is a folder."""
    for directory, subfolders, names in os.walk(folder):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                file = Path(directory, name)
                yield _line(file.relative_to(folder).as_posix(), file)


def _line(name: str, file: Path) -> str:
    try:
        found = file.stat()
    except OSError:
        return name
    return f"{name} {found.st_size} {found.st_mtime_ns}"
