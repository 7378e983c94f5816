"""One writer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import contextlib
    from pathlib import Path

LOCK_FILE = ".lock"


def store_locked(folder: Path, resources: contextlib.ExitStack) -> None:
    """Keep others from writing to a store until the resources are let go.

    Raises
    ------
    BlockingIOError
        Another process is writing to it.
    """
    import filelock

    try:
        resources.enter_context(filelock.FileLock(folder / LOCK_FILE, timeout=0))
    except filelock.Timeout as error:
        raise BlockingIOError(f"another process is writing to the store {folder}") from error
