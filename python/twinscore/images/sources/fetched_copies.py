"""Copies of files far away, which go when the process does, however it ends."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "twinscore-"
_OWNED = ".owned"
"""A file in each folder of copies that its process keeps locked."""


@functools.cache
def folder_of_copies() -> Path:
    """Return a folder that is removed when the process ends.

    What a process left that was killed is removed here, by the next one that makes such a folder.
    """
    sweep(Path(tempfile.gettempdir()))
    folder = _temporary_folder()
    _own(Path(folder.name))
    return Path(folder.name)


def sweep(place: Path) -> None:
    """Remove the folders of copies in a place whose processes are no more."""
    for mark in place.glob(f"{_PREFIX}*/{_OWNED}"):
        # Another user's, or gone meanwhile.
        with contextlib.suppress(OSError):
            if not _is_owned(mark):
                shutil.rmtree(mark.parent, ignore_errors=True)


@functools.cache
def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)


def _own(folder: Path) -> None:
    """Lock the mark of a folder until the process ends; it gets its name once it is locked."""
    if os.name == "nt":
        return
    import fcntl

    nameless = folder / f"{_OWNED}.new"
    descriptor = os.open(nameless, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    nameless.rename(folder / _OWNED)


def _is_owned(mark: Path) -> bool:
    if os.name == "nt":
        return True
    import fcntl

    descriptor = os.open(mark, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
