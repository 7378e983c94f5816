"""What tells, after a restart, whether the real side is still the same."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.embedding.annotated_side import is_annotated
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.images.annotations.box_table import is_box_table
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.content import read_stamp
from twinscore.images.sources.endings import is_video_name
from twinscore.images.sources.url import is_url
from twinscore.images.views.annotated_images import images_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twinscore.images.sources.columns import ColumnedSource

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
    return _digest_of(_lines(real, allow_remote_paths))


def annotations_stamp(location: str) -> str:
    """Equal as long as a file or folder of annotations is as it was, whatever their images are."""
    return _digest_of(_lines_on_disk(Path(location)))


def _digest_of(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(f"{line}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _lines(real: str, allow_remote_paths: bool) -> Iterator[str]:
    path = Path(real)
    yield from _lines_on_disk(path)
    if path.is_dir() or is_video_name(real):
        return
    if is_annotated(real) and not is_box_table(path):
        yield from _lines_of_images(images_of(open_annotations(real)))
    elif not path.exists() or real.lower().endswith(LISTS):
        source = open_source(real, side="real", allow_remote_paths=allow_remote_paths)
        if not isinstance(source, Embeddings):
            yield from _lines_of_images(source)


def _lines_of_images(source: ColumnedSource) -> Iterator[str]:
    for item in source:
        stamp = read_stamp(item)
        yield f"{item.name} {stamp.size} {stamp.modified} {stamp.sha256}"


def _lines_on_disk(path: Path) -> Iterator[str]:
    """Describe a file, or every file of a folder; nothing where there is neither."""
    if path.is_dir():
        yield from _lines_of_tree(path)
    elif path.exists():
        yield _line(path.name, path)


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
