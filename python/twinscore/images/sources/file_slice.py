"""An image that is a stretch of a larger file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from twinscore.base.errors import UnreadableImageError

LARGEST_MEMBER = 1 << 29
"""Bytes; an encoded image that claims more is a bomb or no image."""


@dataclass(frozen=True, slots=True)
class FileSlice:
    """A handle on bytes of a file.

    Attributes
    ----------
    path
        The file.
    offset, size
        In bytes.
    """

    path: Path
    offset: int
    size: int

    def read(self) -> bytes:
        """Read the bytes; UnreadableImageError where they are not all there."""
        check_member_size(self.size)
        return read_stretch(self.path, self.offset, self.size)


def read_stretch(path: Path, offset: int, size: int) -> bytes:
    """Read a stretch of a file.

    Raises
    ------
    UnreadableImageError
        The file is gone, may not be read, or ends before.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read(size)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnreadableImageError(f"{path.name}: {reason}") from error
    if len(content) < size:
        raise UnreadableImageError("truncated file")
    return content


def check_member_size(size: int) -> None:
    """Refuse a member of an archive that is larger than any image."""
    if size < 0:
        raise UnreadableImageError(f"a size below zero ({size:,} bytes)")
    if size > LARGEST_MEMBER:
        raise UnreadableImageError(f"too large for an image ({size:,} bytes)")


def leads_out(name: str) -> bool:
    """Tell whether the name of a member points out of its archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or name[1:2] == ":"


LEADS_OUT = "refused: its name leads out of the archive"
"""Reason for a member that would be unpacked beside the archive's own folder."""
