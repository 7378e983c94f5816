"""Frames on disk: which files are frames, and when one has changed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import TYPE_CHECKING

from twinscore.sources.folder import IMAGE_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Signature:
    """What changes when a file is written, replaced or renamed over.

    Attributes
    ----------
    size
        Bytes.
    modified
        Nanoseconds since 1970.
    number
        The inode: another file under the same name has another.
    """

    size: int
    modified: int
    number: int


def signature_of(file: Path) -> Signature | None:
    """Look at a file; None where there is none, or it is a link or no plain file."""
    try:
        found = file.lstat()
    except OSError:
        return None
    if not S_ISREG(found.st_mode):
        return None
    return Signature(found.st_size, found.st_mtime_ns, found.st_ino)


def is_frame(relative: PurePosixPath) -> bool:
    """Tell whether a path counts: an image by its ending, neither hidden nor in a hidden folder."""
    return not is_hidden(relative) and relative.name.lower().endswith(IMAGE_ENDINGS)


def is_hidden(relative: PurePosixPath) -> bool:
    """Tell whether a file or a folder around it is hidden."""
    return any(part.startswith(".") for part in relative.parts)


def frames_below(folder: Path) -> Iterator[tuple[str, Signature]]:
    """List all frames with their signatures; folders that vanish meanwhile are passed over."""
    for directory, subfolders, names in os.walk(folder):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        relative = PurePosixPath(Path(directory).relative_to(folder).as_posix())
        for name in sorted(names):
            if not is_frame(relative / name):
                continue
            signature = signature_of(Path(directory, name))
            if signature is not None:
                yield str(relative / name), signature


def contents_digest(path: Path) -> str:
    """Equal as long as a file, or the frames of a folder, are the same files as before."""
    digest = hashlib.sha256()
    if path.is_dir():
        for name, signature in frames_below(path):
            line = f"{name} {signature.size} {signature.modified}\n"
            digest.update(line.encode("utf-8", "replace"))
    elif path.exists():
        found = path.stat()
        digest.update(f"{found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()
