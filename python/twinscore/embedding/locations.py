"""From a path, URL or pattern to the source that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import UnreadableImageError
from twinscore.base.logs import logger_of
from twinscore.embedding.files.parquet import open_parquet
from twinscore.embedding.files.vectors import EMBEDDING_ENDINGS, load_embeddings
from twinscore.embedding.records import Embeddings
from twinscore.embedding.store import is_foreign_store, is_store, load_foreign_store, load_store
from twinscore.images.sources.clips import Clip
from twinscore.images.sources.concatenated import ConcatenatedSource
from twinscore.images.sources.endings import VIDEO_ENDINGS, counted, is_image_name, is_video_name
from twinscore.images.sources.failure import FailedSource
from twinscore.images.sources.file_list import FileList
from twinscore.images.sources.folder import FolderSource
from twinscore.images.sources.manifest import read_manifest
from twinscore.images.sources.noted_source import NotedSource
from twinscore.images.sources.path_list import PathList
from twinscore.images.sources.patterns import (
    expand_braces,
    fixed_part,
    has_wildcard,
    is_pattern,
    match_files,
)
from twinscore.images.sources.remote import RemoteFiles, fetch, list_remote_folder, match_remote
from twinscore.images.sources.remote_file import origin_in
from twinscore.images.sources.tar_shard import TarShard
from twinscore.images.sources.url import Url, is_url, without_secrets
from twinscore.images.sources.zip_archive import ZipArchive

if TYPE_CHECKING:
    from twinscore.images.sources.columns import ColumnedSource

EXPECTED = (
    "expected a folder, a pattern, a list (.txt), a manifest (.csv, .tsv, .parquet), an archive "
    "(.tar, .zip), images in .parquet, a video, an embedding store, or embeddings (.npy, .npz, "
    ".parquet)"
)

_TAR_ENDINGS = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")
_MANIFEST_ENDINGS = (".csv", ".tsv")
_FILE_ENDINGS = (
    *_TAR_ENDINGS,
    *_MANIFEST_ENDINGS,
    *EMBEDDING_ENDINGS,
    *VIDEO_ENDINGS,
    *(".zip", ".parquet", ".txt"),
)

_logger = logger_of(__name__)


@dataclass(frozen=True, slots=True)
class _Options:
    """As `open_location` is given them."""

    video_interval: float
    allow_remote_paths: bool
    on_disk: bool


def open_location(
    typed: str,
    *,
    side: str,
    video_interval: float,
    allow_remote_paths: bool = False,
    on_disk: bool = False,
) -> ColumnedSource | Embeddings:
    """Open what lies at a path or URL, or what a pattern matches.

    Parameters
    ----------
    typed
        Path, URL or pattern.
    side
        Names the side in messages.
    video_interval
        Seconds between two frames of a clip.
    allow_remote_paths
        Whether a list or table at a URL may lead to files of this machine and to other hosts.
    on_disk
        Whether the embeddings of a store shall stay out of memory.

    Raises
    ------
    FileNotFoundError
        There is nothing.
    ValueError
        It is of no known kind, or what the source of its kind raises.
    """
    try:
        return _open(typed, _Options(video_interval, allow_remote_paths, on_disk))
    except _UnknownKindError as error:
        raise ValueError(f"{side} side: {EXPECTED}, {error}") from error
    except _NothingThereError as error:
        raise FileNotFoundError(f"{side} side: {EXPECTED}, {error}") from error


class _UnknownKindError(ValueError):
    """What was got instead of a known kind."""


class _NothingThereError(FileNotFoundError):
    """What is not there."""


def _open(typed: str, options: _Options) -> ColumnedSource | Embeddings:
    if not typed:
        raise _UnknownKindError("got an empty path")
    if is_url(typed):
        return _open_url(typed, options)
    location = Path(typed)
    if is_store(location):
        return load_store(location, on_disk=options.on_disk)
    if is_foreign_store(location):
        return load_foreign_store(location)
    if location.is_dir():
        return FolderSource(typed, video_interval=options.video_interval)
    if location.exists():
        return _open_file(location, typed, options)
    if is_pattern(typed):
        return _open_pattern(typed, options)
    raise _NothingThereError(f"but {typed!r} does not exist")


def _open_file(location: Path, typed: str, options: _Options) -> ColumnedSource | Embeddings:
    name = location.name.lower()
    if not location.is_file() or not name.endswith(_FILE_ENDINGS):
        raise _UnknownKindError(f"got {typed!r}")
    if name.endswith(EMBEDDING_ENDINGS):
        return load_embeddings(location)
    if name.endswith(".parquet"):
        return open_parquet(location, typed, allow_remote_paths=options.allow_remote_paths)
    if name.endswith(_MANIFEST_ENDINGS):
        return read_manifest(location, typed, allow_remote_paths=options.allow_remote_paths)
    if name.endswith(".txt"):
        return FileList(location, typed, allow_remote_paths=options.allow_remote_paths)
    if name.endswith(".zip"):
        return ZipArchive(location, typed)
    if name.endswith(_TAR_ENDINGS):
        return TarShard(location, typed)
    try:
        return Clip(location, interval=options.video_interval, typed=typed)
    except UnreadableImageError as error:
        raise ValueError(f"{typed!r}: {error}") from error


def _open_url(url: str, options: _Options) -> ColumnedSource | Embeddings:
    # A question mark begins the query, in which a star is a star.
    if "*" in _path_of(url) or expand_braces(url) != [url]:
        return _open_pattern(url, options)
    if _path_of(url).lower().endswith(_FILE_ENDINGS):
        return _open_file(fetch(url), Url.of(url).shown, options)
    # Web servers tell nothing of folders for sure: they hold images, not stores.
    if not Url.of(url).is_of_the_web and is_store(url):
        return load_store(url, on_disk=options.on_disk)
    return list_remote_folder(url)


def _open_pattern(pattern: str, options: _Options) -> ColumnedSource:
    matches = [match for expanded in expand_braces(pattern) for match in _matches(expanded)]
    images = [match for match in matches if is_image_name(_path_of(match))]
    clips = [match for match in matches if is_video_name(_path_of(match))]
    others = [match for match in matches if _path_of(match).lower().endswith(_FILE_ENDINGS)]
    # Beside images, a text file is a caption and no list of images.
    shown = {*images, *clips}
    chosen = [match for match in matches if match in shown] if images else others
    if not chosen:
        found = counted(len(matches), "other file") if matches else "nothing"
        raise _NothingThereError(f"but the pattern {pattern!r} matches {found}")
    if len(chosen) < len(matches):
        left_out = counted(len(matches) - len(chosen), "other file")
        _logger.warning("%s: %s passed over", pattern, left_out)
    names = [_path_of(match) for match in matches]
    if len(chosen) == len(images):
        return NotedSource(_image_files(images, pattern), names)
    return NotedSource(_open_each(chosen, pattern, options), names)


def _open_each(matches: list[str], pattern: str, options: _Options) -> ColumnedSource:
    """Open files one by one; one that cannot be opened costs no other."""
    sources: list[ColumnedSource] = []
    failures: list[Exception] = []
    for match in matches:
        try:
            opened: Any = _open_match(match, pattern, options)
        except (ValueError, OSError) as error:
            failures.append(error)
            reason = " ".join(str(error).split())
            opened = FailedSource(without_secrets(match), reason, origin_in(Path(match), match))
        if isinstance(opened, Embeddings):
            raise ValueError(
                f"expected images in what the pattern {pattern!r} matches, got embeddings in "
                f"{match!r}; pass embeddings as one file"
            )
        sources.append(opened)
    if len(failures) == len(matches):
        raise failures[0]
    return sources[0] if len(sources) == 1 else ConcatenatedSource(sources)


def _open_match(match: str, pattern: str, options: _Options) -> ColumnedSource | Embeddings:
    if is_image_name(_path_of(match)):
        return _image_files([match], pattern)
    if is_url(match):
        return _open_file(fetch(match), Url.of(match).shown, options)
    if not Path(match).exists():
        raise FileNotFoundError(f"{match!r} does not exist")
    return _open_file(Path(match), match, options)


def _image_files(matches: list[str], pattern: str) -> ColumnedSource:
    root = fixed_part(pattern)
    if is_url(pattern):
        root = pattern[: pattern.index("*")].rpartition("/")[0] if "*" in pattern else ""
        relative = [match.removeprefix(root).lstrip("/") for match in matches]
        return RemoteFiles(matches, relative)
    return PathList(matches, root)


def _matches(expanded: str) -> list[str]:
    """List what one pattern without braces matches; a plain name stands for itself."""
    if is_url(expanded):
        return match_remote(expanded) if "*" in expanded else [expanded]
    return match_files(expanded) if has_wildcard(expanded) else [expanded]


def _path_of(location: str) -> str:
    return Url.of(location).path if is_url(location) else location
