"""Images in a zip archive."""

from __future__ import annotations

import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.errors import UnreadableImageError
from twinscore.images.records import ImageItem
from twinscore.images.sources.endings import counted, is_hidden, is_image_name, printable
from twinscore.images.sources.failure import FailedImage, failed_item
from twinscore.images.sources.file_slice import (
    LEADS_OUT,
    check_member_size,
    leads_out,
    read_stretch,
)
from twinscore.images.sources.folder_levels import folder_column_names, folder_columns
from twinscore.images.sources.passed_over import count_passed_over, describe_passed_over
from twinscore.images.sources.remote_file import origin_in
from twinscore.images.sources.zip_salvage import (
    LOCAL_HEADER,
    ZipEntry,
    as_lying_there,
    promised_members,
    salvage_entries,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.images.records import ImageHandle

_ENCRYPTED = 0x1
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A handle on an image in a zip archive.

    Attributes
    ----------
    path
        The archive.
    entry
        Where and how the image lies in it.
    """

    path: Path
    entry: ZipEntry

    def read(self) -> bytes:
        """Read and inflate the image; never to more than the size it was said to have."""
        entry = self.entry
        check_member_size(max(entry.size, entry.compressed_size))
        header = read_stretch(self.path, entry.offset, LOCAL_HEADER.size)
        signature, *_, name_length, extra_length = LOCAL_HEADER.unpack(header)
        if signature != _SIGNATURES[0]:
            raise UnreadableImageError("damaged archive")
        start = entry.offset + LOCAL_HEADER.size + name_length + extra_length
        content = read_stretch(self.path, start, entry.compressed_size)
        if entry.method == zipfile.ZIP_DEFLATED:
            content = _inflate(content, entry.size)
        elif entry.method != zipfile.ZIP_STORED:
            raise UnreadableImageError("compressed by another method than deflate")
        if len(content) != entry.size or zlib.crc32(content) != entry.checksum:
            raise UnreadableImageError("damaged archive (checksum)")
        return content


class ZipArchive:
    """The images in a zip archive, ordered by their path in it.

    Nothing is unpacked: an image is read from its place when its turn comes. Members count as
    images by their ending, and those that are not read are counted in ``passed_over``; columns
    are those of `folder_columns`. Names that lead out of the archive are refused and encrypted
    members cannot be read: such images are items that fail. Of an archive that was cut, the
    images before the cut are read, and the rest is one item that fails.

    Parameters
    ----------
    path
        The archive.
    typed
        What names begin with; None for the path.

    Raises
    ------
    FileNotFoundError, PermissionError
        The archive is not there or may not be read.
    ValueError
        It is no zip archive or holds no images.
    """

    def __init__(self, path: str | os.PathLike[str], typed: str | None = None) -> None:
        self._path = Path(path)
        self._typed = os.fspath(path) if typed is None else typed
        self._damage: str | None = None
        entries = self._entries()
        self._images = sorted(
            (entry for entry in entries if is_image_name(entry.name) and not is_hidden(entry.name)),
            key=lambda entry: (entry.name, entry.offset),
        )
        self.passed_over = count_passed_over(e.name for e in entries if not is_hidden(e.name))
        if not self._images:
            found = self._damage or counted(len(entries), "other member")
            if self.passed_over:
                found = f"{found}; {describe_passed_over(self.passed_over)}"
            raise ValueError(f"no images in {self._typed!r}: got {found}")

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return folder_column_names(entry.name for entry in self._images)

    def __len__(self) -> int:
        """Return the number of images; what a damaged archive has lost counts as one."""
        return len(self._images) + (self._damage is not None)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images, ordered by their path in the archive."""
        for entry in self._images:
            shown = f"{self._typed}/{printable(entry.name)}"
            columns = folder_columns(entry.name)
            origin = origin_in(self._path, self._typed, entry.name)
            yield ImageItem(shown, self._handle(entry), columns=columns, origin=origin)
        if self._damage is not None:
            yield failed_item(self._typed, self._damage, origin_in(self._path, self._typed))

    def _handle(self, entry: ZipEntry) -> ImageHandle:
        if leads_out(entry.name):
            return FailedImage(LEADS_OUT)
        if entry.flags & _ENCRYPTED:
            return FailedImage("encrypted")
        return ZipMember(self._path, entry)

    def _entries(self) -> list[ZipEntry]:
        try:
            with zipfile.ZipFile(self._path) as archive:
                members = archive.infolist()
                promised = promised_members(self._path, len(archive.comment))
            if promised not in (None, len(members)):
                self._damage = (
                    f"damaged archive: its directory names {len(members):,} members of {promised:,}"
                )
            lying = (as_lying_there(self._path, _entry(member)) for member in members)
            return [entry for entry in lying if not entry.name.endswith("/")]
        except (OSError, MemoryError):
            raise
        except Exception as error:
            # A directory that lies makes the reader of Python raise nearly every kind of error.
            with self._path.open("rb") as file:
                is_archive = file.read(4).startswith(_SIGNATURES)
            if not is_archive:
                raise ValueError(f"{self._typed!r}: expected a zip archive: {error}") from error
        entries, is_complete = salvage_entries(self._path)
        if not is_complete:
            last = f"what followed {printable(entries[-1].name)!r}" if entries else "everything"
            self._damage = f"truncated archive: {last} is lost"
        return entries


def _entry(member: zipfile.ZipInfo) -> ZipEntry:
    return ZipEntry(
        member.filename,
        member.header_offset,
        member.compress_size,
        member.file_size,
        member.CRC,
        member.compress_type,
        member.flag_bits,
    )


def _inflate(content: bytes, size: int) -> bytes:
    inflator = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return inflator.decompress(content, size + 1)
    except zlib.error as error:
        raise UnreadableImageError(f"damaged archive ({error})") from error
