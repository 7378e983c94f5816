"""What can still be found in a zip archive whose directory, at its end, is cut off or damaged."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, NamedTuple

from twinscore.images.sources.endings import is_image_name

if TYPE_CHECKING:
    from pathlib import Path

LOCAL_HEADER = struct.Struct("<4s5H3I2H")
"""Signature, version, flags, method, time, date, checksum, compressed size, size, length of the
name, length of the extra field (APPNOTE.TXT 4.3.7)."""

_END = struct.Struct("<4s4H2IH")
"""Signature, two numbers of disks, members on this disk, members, size and place of the
directory, length of the comment (APPNOTE.TXT 4.3.16)."""

_RECORD = struct.Struct("<4s4xH18xH")
_RECORD_BYTES = 46
"""Of a record of the directory, before the name: signature, flags, length of the name (4.3.12)."""

_END_SIGNATURE = b"PK\x05\x06"
_IN_ANOTHER_RECORD = 0xFFFF
_LOCAL = b"PK\x03\x04"
_DIRECTORY = b"PK\x01\x02"
_SIZES_FOLLOW = 0x8
_UTF8 = 0x800
_IN_EXTRA_FIELD = 0xFFFFFFFF


class ZipEntry(NamedTuple):
    """Where and how a member lies in its archive.

    Attributes
    ----------
    name
        Path in the archive.
    offset
        Of its header, in bytes.
    compressed_size, size
        In bytes.
    checksum
        CRC-32 of the content.
    method
        0 for stored, 8 for deflated.
    flags
        Bit 0: encrypted.
    """

    name: str
    offset: int
    compressed_size: int
    size: int
    checksum: int
    method: int
    flags: int


def promised_members(path: Path, comment: int) -> int | None:
    """Return how many members an archive says it has; None where it does not say.

    Parameters
    ----------
    path
        The archive.
    comment
        Length of the comment at its end, in bytes.
    """
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - _END.size - comment))
        record = file.read(_END.size)
    if len(record) < _END.size:
        return None
    signature, *_, members, _, _, _ = _END.unpack(record)
    # Of more members, another record tells.
    return members if signature == _END_SIGNATURE and members != _IN_ANOTHER_RECORD else None


def as_lying_there(path: Path, entry: ZipEntry) -> ZipEntry:
    """Return a member that is no image by the directory under the name beside its content.

    A name that is damaged in the directory must not make an image vanish.
    """
    if is_image_name(entry.name):
        return entry
    with path.open("rb") as file:
        file.seek(entry.offset)
        header = file.read(LOCAL_HEADER.size)
        if len(header) < LOCAL_HEADER.size or not header.startswith(_LOCAL):
            return entry
        _, _, flags, *_, named, _ = LOCAL_HEADER.unpack(header)
        name = _decoded(file.read(named), flags)
    return entry._replace(name=name) if is_image_name(name) else entry


def _names_in_directory(directory: bytes) -> set[str]:
    """Return the names of images that records of a directory give, as far as they are whole."""
    names = set()
    place = directory.find(_DIRECTORY)
    while place >= 0 and len(directory) >= place + _RECORD.size:
        _, flags, named = _RECORD.unpack_from(directory, place)
        start = place + _RECORD_BYTES
        names.add(_decoded(directory[start : start + named], flags))
        place = directory.find(_DIRECTORY, place + 1)
    return set(filter(is_image_name, names))


def _decoded(name: bytes, flags: int) -> str:
    return name.decode("utf-8" if flags & _UTF8 else "cp437", "replace")


def salvage_entries(path: Path) -> tuple[list[ZipEntry], bool]:
    """Walk from header to header, as far as they are whole.

    Returns
    -------
    entries : list of ZipEntry
        Members that are there to their last byte.
    is_complete : bool
        The walk ended where the archive's directory begins: no member is lost.
    """
    entries: list[ZipEntry] = []
    end = path.stat().st_size
    with path.open("rb") as file:
        offset = 0
        while len(header := file.read(LOCAL_HEADER.size)) == LOCAL_HEADER.size:
            fields = LOCAL_HEADER.unpack(header)
            signature, _, flags, method, _, _, checksum, compressed, size, named, extra = fields
            is_known = not flags & _SIZES_FOLLOW and _IN_EXTRA_FIELD not in (compressed, size)
            if signature != _LOCAL or not is_known:
                file.seek(offset)
                known = {entry.name for entry in entries}
                is_directory = signature.startswith(_DIRECTORY)
                return entries, is_directory and _names_in_directory(file.read()) <= known
            name = _decoded(file.read(named), flags)
            following = offset + LOCAL_HEADER.size + named + extra + compressed
            if following > end:
                break
            if not name.endswith("/"):
                entries.append(ZipEntry(name, offset, compressed, size, checksum, method, flags))
            offset = following
            file.seek(offset)
    return entries, False
