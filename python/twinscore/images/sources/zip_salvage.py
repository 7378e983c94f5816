"""What can still be found in a zip archive whose directory, at its end, is cut off."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

LOCAL_HEADER = struct.Struct("<4s5H3I2H")
"""Signature, version, flags, method, time, date, checksum, compressed size, size, length of the
name, length of the extra field (APPNOTE.TXT 4.3.7)."""

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
                return entries, signature.startswith(_DIRECTORY)
            name = file.read(named).decode("utf-8" if flags & _UTF8 else "cp437", "replace")
            following = offset + LOCAL_HEADER.size + named + extra + compressed
            if following > end:
                break
            if not name.endswith("/"):
                entries.append(ZipEntry(name, offset, compressed, size, checksum, method, flags))
            offset = following
            file.seek(offset)
    return entries, False
