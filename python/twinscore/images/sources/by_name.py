"""Images found again by the names that sources gave them."""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.base.logs import logger_of
from twinscore.images.sources.parquet import images_in_parquet
from twinscore.images.sources.remote_file import RemoteFile
from twinscore.images.sources.tar_shard import TarShard
from twinscore.images.sources.url import is_url
from twinscore.images.sources.zip_archive import ZipArchive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twinscore.images.records import ImageSource

_FRAME = re.compile(r"(?P<clip>.+) at (?P<seconds>\d+(\.\d+)?) s", re.DOTALL)
_ROW = re.compile(r"(?P<table>.+\.parquet) row \d+", re.DOTALL)

_logger = logger_of(__name__)


def contents_by_name(names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Find images by name: files, URLs, members of archives, rows of tables, frames of clips.

    Relative paths are looked for in the current folder. Names that lead nowhere are passed over,
    as is what lies in an archive, table or clip that cannot be opened any more.

    Parameters
    ----------
    names
        As sources gave them.

    Yields
    ------
    Name and content, as in `ImageItem`; in the order of the containers, each opened once.
    """
    inside: dict[Path, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        if is_url(name):
            yield name, RemoteFile(name)
        elif _is_file(Path(name)):
            yield name, Path(name)
        elif (container := _container(name)) is not None:
            inside[container].append(name)
    for container, members in inside.items():
        try:
            yield from _contents_inside(container, members)
        except (OSError, ValueError, MissingExtraError) as error:
            _logger.warning("images of %s cannot be shown: %s", container, error)


def _container(name: str) -> Path | None:
    """Return the file that an image of this name lies in."""
    for pattern, part in ((_FRAME, "clip"), (_ROW, "table")):
        match = pattern.fullmatch(name)
        if match is not None and _is_file(Path(match[part])):
            return Path(match[part])
    return next((place for place in Path(name).parents if _is_file(place)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _contents_inside(container: Path, names: list[str]) -> Iterator[tuple[str, Any]]:
    frames = {name: match for name in names if (match := _FRAME.fullmatch(name)) is not None}
    if len(frames) == len(names):
        # Brings in Pillow, which `import twinscore` is to do without.
        from twinscore.images.decoding.video import FrameReader

        in_order = sorted(names, key=lambda name: float(frames[name]["seconds"]))
        reader = FrameReader(container)
        for name in in_order:
            with suppress(UnreadableImageError):
                yield name, reader.at(float(frames[name]["seconds"]))
        return
    source = _opened(container)
    wanted = set(names)
    for item in source or ():
        if item.name in wanted:
            wanted.remove(item.name)
            yield item.name, item.in_hand().content
        if not wanted:
            return


def _opened(container: Path) -> ImageSource | None:
    ending = container.suffix.lower()
    if ending == ".zip":
        return ZipArchive(container)
    if ending == ".parquet":
        return images_in_parquet(container)
    return TarShard(container) if ending == ".tar" else None
