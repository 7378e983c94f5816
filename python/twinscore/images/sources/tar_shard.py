"""Images in a tar archive, such as a shard of a WebDataset."""

from __future__ import annotations

import json
import os
import tarfile
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from twinscore.base.errors import UnreadableImageError
from twinscore.base.json_text import parse_json
from twinscore.base.logs import logger_of
from twinscore.images.records import ImageItem
from twinscore.images.sources.endings import counted, is_hidden, is_image_name, printable
from twinscore.images.sources.failure import FailedImage, failed_item
from twinscore.images.sources.file_slice import LEADS_OUT, FileSlice, leads_out, read_stretch
from twinscore.images.sources.folder_levels import folder_column_names, folder_columns
from twinscore.images.sources.passed_over import (
    count_passed_over,
    describe_passed_over,
    ending_of,
)
from twinscore.images.sources.remote_file import origin_in
from twinscore.images.sources.sample_key import describes, sample_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.records import ImageHandle

_BLOCK = 512
_NAME_BYTES = 100
_LARGEST_SIDECAR = 1 << 16
_SIDECARS = (".json", ".cls")
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_SAMPLED = 100
"""Images that are asked which columns there are."""

_logger = logger_of(__name__)


class TarShard:
    """The images in one tar archive, in the order they lie there.

    Only the headers are read; an image is read from its place when its turn comes, and nothing
    is unpacked. Members count as images by their ending. As in a WebDataset, members of one
    sample lie beside one another and share a `sample_key`, which is the column ``__key__``; the
    numbers, words and truth values of a ``.json`` beside an image whose name begins with its own,
    and its ``.cls``, become columns, beside those of `folder_columns`.

    Links are not followed, and names that lead out of the archive are refused: such images are
    items that cannot be read, as are members of an impossible size. So is, as one last item, what
    a cut or damaged archive has lost.

    Parameters
    ----------
    path
        The archive, not compressed.
    typed
        What names begin with; None for the path.

    Raises
    ------
    FileNotFoundError, PermissionError
        The archive is not there or may not be read.
    ValueError
        It is no tar archive, is compressed, or holds no images.
    """

    def __init__(self, path: str | os.PathLike[str], typed: str | None = None) -> None:
        self._path = Path(path)
        self._typed = os.fspath(path) if typed is None else typed
        self._names: list[str] = []
        self._offsets = array("q")
        self._sizes = array("q")
        self._sidecars: dict[int, tuple[_Sidecar, ...]] = {}
        self._blamed: set[str] = set()
        self._refused: dict[int, str] = {}
        self._damage: str | None = None
        self._other_members = 0
        self.passed_over: dict[str, int] = {}
        self._read_headers()
        if not self._names:
            found = self._damage or counted(self._other_members, "other member")
            if self.passed_over:
                found = f"{found}; {describe_passed_over(self.passed_over)}"
            raise ValueError(f"no images in {self._typed!r}: got {found}")

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns; those of samples as far as the first hundred tell."""
        sampled = (self._sample_columns(i) for i in range(min(_SAMPLED, len(self._names))))
        of_samples = dict.fromkeys(name for columns in sampled for name in columns)
        return (*folder_column_names(self._names), "__key__", *of_samples)

    def __len__(self) -> int:
        """Return the number of images; what a damaged archive has lost counts as one."""
        return len(self._names) + (self._damage is not None)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in the order they lie in the archive."""
        for place, name in enumerate(self._names):
            columns = {
                **folder_columns(name),
                "__key__": sample_key(name),
                **self._sample_columns(place),
            }
            shown = f"{self._typed}/{printable(name)}"
            origin = origin_in(self._path, self._typed, name)
            yield ImageItem(shown, self._handle(place), columns=columns, origin=origin)
        if self._damage is not None:
            yield failed_item(self._typed, self._damage, origin_in(self._path, self._typed))

    def _handle(self, place: int) -> ImageHandle:
        if place in self._refused:
            return FailedImage(self._refused[place])
        return FileSlice(self._path, self._offsets[place], self._sizes[place])

    def _sample_columns(self, place: int) -> dict[str, str]:
        columns: dict[str, str] = {}
        for sidecar in self._sidecars.get(place, ()):
            try:
                text = read_stretch(self._path, sidecar.offset, sidecar.size).decode()
                columns.update(_columns_of(sidecar.name, text))
            except (UnreadableImageError, ValueError) as error:
                # An image is not lost for a note that is damaged.
                self._blame(sidecar.name, error)
        return columns

    def _blame(self, name: str, error: Exception) -> None:
        if name not in self._blamed:
            self._blamed.add(name)
            _logger.warning("%s/%s cannot be read: %s", self._typed, printable(name), error)

    def _read_headers(self) -> None:
        try:
            with tarfile.open(self._path, "r:") as archive:
                self._read_members(archive)
        except (OSError, MemoryError) as error:
            if not isinstance(error, tarfile.TarError):
                raise
            self._lose(error)
        except Exception as error:
            # Headers that lie make the reader of Python raise nearly every kind of error.
            self._lose(error)

    def _lose(self, error: Exception) -> None:
        if not self._names:
            raise ValueError(f"{self._typed!r}: {self._why_no_archive(error)}") from error
        kind = "truncated" if isinstance(error, tarfile.TarError) else "damaged"
        self._damage = self._damage or f"{kind} archive: {self._what_is_lost()}"

    def _read_members(self, archive: tarfile.TarFile) -> None:
        size = self._path.stat().st_size
        sample = _Sample()
        try:
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # Or a million headers would stay in memory.
                if member.size < 0:
                    # Python's reader would go back by as much, and round in circles.
                    archive.offset = member.offset_data
                elif member.offset_data + member.size > size and member.isreg():
                    self._damage = f"truncated archive: {self._what_is_lost()}"
                    break
                sample = self._add(member, sample)
        finally:
            self._finish(sample)
        if self._damage is None:
            self._damage = self._damage_at(archive.offset)

    def _add(self, member: tarfile.TarInfo, sample: _Sample) -> _Sample:
        name = member.name
        if is_hidden(name) or member.isdir():
            return sample
        if sample_key(name) != sample.key:
            self._finish(sample)
            sample = _Sample(sample_key(name))
        ending = os.path.splitext(name)[1].lower()  # noqa: PTH122
        if is_image_name(name):
            sample.images.append((len(self._names), name))
            refusal = _refusal(member)
            if refusal is not None:
                self._refused[len(self._names)] = refusal
            self._names.append(name)
            self._offsets.append(member.offset_data)
            self._sizes.append(max(member.size, 0))
        elif ending in _SIDECARS and member.isreg() and 0 <= member.size <= _LARGEST_SIDECAR:
            sample.sidecars.append(_Sidecar(name, member.offset_data, member.size))
        else:
            if ending in _SIDECARS and member.isreg():
                self._blame(name, ValueError(f"a size of {member.size:,} bytes"))
            self._other_members += 1
            if count_passed_over([name]):
                ending = ending_of(name)
                self.passed_over[ending] = self.passed_over.get(ending, 0) + 1
        return sample

    def _finish(self, sample: _Sample) -> None:
        if not sample.sidecars:
            return
        # The nearer to the name of the image, the more it has to say.
        sidecars = sorted(sample.sidecars, key=lambda sidecar: len(sidecar.name))
        for place, image in sample.images:
            about = tuple(sidecar for sidecar in sidecars if describes(sidecar.name, image))
            if about:
                self._sidecars[place] = about

    def _damage_at(self, offset: int) -> str | None:
        """Say what is wrong where the last header was looked for, if anything is."""
        with self._path.open("rb") as file:
            file.seek(offset)
            block = file.read(_BLOCK)
        if len(block) == _BLOCK and not any(block):
            return None
        if len(block) < _BLOCK:
            return f"truncated archive: {self._what_is_lost()}"
        name = block[:_NAME_BYTES].partition(b"\0")[0].decode("ascii", "replace")
        named = f"{name!r} cannot be read, and " if is_image_name(name) else ""
        return f"damaged archive: {named}{self._what_is_lost()}"

    def _what_is_lost(self) -> str:
        if not self._names:
            return "no image is left"
        return f"what followed {printable(self._names[-1])!r} is lost"

    def _why_no_archive(self, error: Exception) -> str:
        with self._path.open("rb") as file:
            head = file.read(8)
        if head.startswith(_COMPRESSED):
            return "expected a tar archive that is not compressed; unpack it with gunzip or alike"
        return f"expected a tar archive, got {'an empty file' if not head else str(error)}"


class _Sample:
    """Members of one sample, which lie beside one another."""

    def __init__(self, key: str | None = None) -> None:
        self.key = key
        self.images: list[tuple[int, str]] = []
        self.sidecars: list[_Sidecar] = []


class _Sidecar(NamedTuple):
    """A member with columns of the images beside it."""

    name: str
    offset: int
    size: int


def _refusal(member: tarfile.TarInfo) -> str | None:
    if member.size < 0:
        return f"a size below zero ({member.size:,} bytes)"
    if leads_out(member.name):
        return LEADS_OUT
    if member.islnk() or member.issym():
        return "a link, which is not followed"
    if not member.isreg() or member.issparse():
        return "not a plain file in the archive"
    return None


def _columns_of(sidecar: str, text: str) -> dict[str, str]:
    if sidecar.lower().endswith(".cls"):
        return {"cls": text.strip()}
    fields = parse_json(text)
    if not isinstance(fields, dict):
        return {}
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
        if isinstance(value, str | int | float)
    }
