"""Frames on disk: which files are frames, and when one has changed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from twinscore.images.annotations.stamps import NO_ANNOTATION
from twinscore.images.sources.endings import is_image_name, is_video_name
from twinscore.images.sources.passed_over import count_passed_over

HERE = PurePosixPath()


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
    annotation
        Stamp of what is written down of the objects in it; `NO_ANNOTATION` while nothing is.
    """

    size: int
    modified: int
    number: int
    annotation: str = NO_ANNOTATION


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds, as far as it could be listed.

    Attributes
    ----------
    frames
        Signatures by relative path.
    passed_over
        Files that are images by their ending and are not read, counted by ending.
    unlisted
        Relative paths, of folders mostly, that could not be looked at though they are there: a
        network file system has such moments.
    """

    frames: dict[str, Signature] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    unlisted: list[str] = field(default_factory=list)

    def misses(self, name: str) -> bool:
        """Tell whether a file is certainly not there."""
        return name not in self.frames and not any(
            place == "." or name == place or name.startswith(f"{place}/") for place in self.unlisted
        )


def signature_of(file: Path) -> Signature | None:
    """Look at a file; None where there is none, or it is a link or no plain file.

    Raises
    ------
    OSError
        Nobody can tell at the moment.
    """
    try:
        found = file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not S_ISREG(found.st_mode):
        return None
    return Signature(found.st_size, found.st_mtime_ns, found.st_ino)


def is_frame(relative: PurePosixPath) -> bool:
    """Tell whether a path counts: an image or clip by its ending, hidden at no level."""
    name = relative.name
    return not is_hidden(relative) and (is_image_name(name) or is_video_name(name))


def is_hidden(relative: PurePosixPath) -> bool:
    """Tell whether a file or a folder around it is hidden."""
    return any(part.startswith(".") for part in relative.parts)


def list_frames(root: Path, below: PurePosixPath = HERE) -> Listing:
    """List the frames of a tree, or of a folder in it; what vanishes meanwhile is passed over.

    Raises
    ------
    FileNotFoundError
        The root itself is gone.
    """
    listing = Listing()

    def note(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            listing.unlisted.append(str(_relative(Path(error.filename), root)))
        elif not root.is_dir():
            raise FileNotFoundError(f"the folder {str(root)!r} is gone") from error

    for directory, subfolders, names in os.walk(root / below, onerror=note):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        relative = _relative(Path(directory), root)
        others: list[str] = []
        for name in sorted(names):
            if not is_frame(relative / name):
                others.append(name)
                continue
            try:
                signature = signature_of(Path(directory, name))
            except OSError:
                listing.unlisted.append(str(relative / name))
                continue
            if signature is not None:
                listing.frames[str(relative / name)] = signature
        shown = (name for name in others if not is_hidden(relative / name))
        for ending, count in count_passed_over(shown).items():
            listing.passed_over[ending] = listing.passed_over.get(ending, 0) + count
    return listing


def _relative(path: Path, root: Path) -> PurePosixPath:
    return PurePosixPath(path.relative_to(root).as_posix())
