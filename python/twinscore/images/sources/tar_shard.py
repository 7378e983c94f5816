"""Images in a tar archive, such as a shard of a WebDataset."""

from __future__ import annotations

import json
import os
import tarfile
from array import array
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.errors import UnreadableImageError
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.records import ImageHandle

_BLOCK = 512
_LARGEST_SIDECAR = 1 << 16
_SIDECARS = (".json", ".cls")
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_SAMPLED = 100
"""Images that are asked which columns there are."""


class TarShard:
    """The images in one tar archive, in the order they lie there.

    Only the headers are read; an image is read from its place when its turn comes, and nothing
    is unpacked. Members count as images by their ending. As in a WebDataset, members of one
    sample share their name up to the first dot: the numbers, words and truth values of its
    ``.json`` member, and its ``.cls``, become columns, beside those of `folder_columns`. The
    ``__key__`` of the sample is a column too.

    Links are not followed, and names that lead out of the archive are refused: such images are
    items that cannot be read. So is, as one last item, what a cut or damaged archive has lost.

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
        self._sidecars: dict[int, tuple[tuple[str, int, int], ...]] = {}
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
            columns = {**folder_columns(name), "__key__": _key(name), **self._sample_columns(place)}
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
        for ending, offset, size in self._sidecars.get(place, ()):
            try:
                text = read_stretch(self._path, offset, size).decode()
                columns.update(_columns_of(ending, text))
            except (UnreadableImageError, ValueError):
                continue  # An image is not lost for a note that is damaged.
        return columns

    def _read_headers(self) -> None:
        try:
            with tarfile.open(self._path, "r:") as archive:
                self._read_members(archive)
        except tarfile.TarError as error:
            if self._names:
                self._damage = self._damage or f"truncated archive: {self._what_is_lost()}"
                return
            raise ValueError(f"{self._typed!r}: {self._why_no_archive(error)}") from error

    def _read_members(self, archive: tarfile.TarFile) -> None:
        size = self._path.stat().st_size
        sample = _Sample()
        while (member := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # Or a million headers would stay in memory.
            if member.offset_data + member.size > size and member.isreg():
                self._damage = f"truncated archive: {self._what_is_lost()}"
                break
            sample = self._add(member, sample)
        self._finish(sample)
        if self._damage is None:
            self._damage = self._damage_at(archive.offset)

    def _add(self, member: tarfile.TarInfo, sample: _Sample) -> _Sample:
        name = member.name
        if is_hidden(name) or member.isdir():
            return sample
        if _key(name) != sample.key:
            self._finish(sample)
            sample = _Sample(_key(name))
        ending = os.path.splitext(name)[1].lower()  # noqa: PTH122
        if is_image_name(name):
            sample.images.append(len(self._names))
            refusal = _refusal(member)
            if refusal is not None:
                self._refused[len(self._names)] = refusal
            self._names.append(name)
            self._offsets.append(member.offset_data)
            self._sizes.append(member.size)
        elif ending in _SIDECARS and member.isreg() and member.size <= _LARGEST_SIDECAR:
            sample.sidecars.append((ending, member.offset_data, member.size))
        else:
            self._other_members += 1
            if count_passed_over([name]):
                ending = ending_of(name)
                self.passed_over[ending] = self.passed_over.get(ending, 0) + 1
        return sample

    def _finish(self, sample: _Sample) -> None:
        if sample.sidecars:
            for place in sample.images:
                self._sidecars[place] = tuple(sample.sidecars)

    def _damage_at(self, offset: int) -> str | None:
        """Say what is wrong where the last header was looked for, if anything is."""
        with self._path.open("rb") as file:
            file.seek(offset)
            block = file.read(_BLOCK)
        if len(block) == _BLOCK and not any(block):
            return None
        kind = "truncated" if len(block) < _BLOCK else "damaged"
        return f"{kind} archive: {self._what_is_lost()}"

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
        self.images: list[int] = []
        self.sidecars: list[tuple[str, int, int]] = []


def _key(name: str) -> str:
    folder, slash, file = name.rpartition("/")
    return folder + slash + file.partition(".")[0]


def _refusal(member: tarfile.TarInfo) -> str | None:
    if leads_out(member.name):
        return LEADS_OUT
    if member.islnk() or member.issym():
        return "a link, which is not followed"
    if not member.isreg() or member.issparse():
        return "not a plain file in the archive"
    return None


def _columns_of(ending: str, text: str) -> dict[str, str]:
    if ending == ".cls":
        return {"cls": text.strip()}
    fields = json.loads(text)
    if not isinstance(fields, dict):
        return {}
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
        if isinstance(value, str | int | float)
    }
