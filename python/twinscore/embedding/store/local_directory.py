"""A store in a folder of this machine, or of a disk that it shares with others."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from twinscore.base.array_files import map_npy
from twinscore.base.durable import sync_folder, write_whole
from twinscore.embedding.store.directory import LOCK_FILE, StoreDirectory

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import numpy.typing as npt

    from twinscore.embedding.store.directory import Fill


class LocalDirectory(StoreDirectory):
    """Files get their names when the disk has them; the system keeps the lock, and lets it go."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def __str__(self) -> str:
        return str(self._folder)

    def names(self) -> list[str]:
        """List the files.

        Raises
        ------
        ValueError
            The folder is a file.
        """
        if not self._folder.exists():
            return []
        if not self._folder.is_dir():
            raise ValueError(f"expected a folder for the store, got the file {self}")
        return [path.name for path in self._folder.iterdir()]

    def has(self, name: str) -> bool:
        """Tell whether there is a file."""
        return (self._folder / name).is_file()

    def read(self, name: str) -> bytes:
        """Return the content of a small file."""
        return (self._folder / name).read_bytes()

    def open(self, name: str) -> IO[bytes]:
        """Open a file to be read."""
        return (self._folder / name).open("rb")

    def map_npy(self, name: str) -> npt.NDArray[Any]:
        """Map a ``.npy`` file into memory, read-only."""
        return map_npy(self._folder / name)

    def write(self, name: str, fill: Fill) -> None:
        """Write a file whole under another name, and give it its own when the disk has it."""
        write_whole(self._folder / name, fill)

    def move(self, name: str, target: str) -> None:
        """Rename a file, and wait until the disk has the name."""
        (self._folder / name).replace(self._folder / target)
        sync_folder(self._folder)

    def remove(self, name: str) -> None:
        """Take a file away, if there is one, before anything that comes after."""
        (self._folder / name).unlink(missing_ok=True)
        sync_folder(self._folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder, and lock it until the process ends at the latest."""
        import filelock

        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = filelock.FileLock(self._folder / LOCK_FILE, timeout=0)
            lock.acquire()
        except filelock.Timeout as error:
            raise BlockingIOError(f"another process is writing to the store {self}") from error
        try:
            yield
        finally:
            lock.release()

    def check_lock(self) -> None:
        """Do nothing: nobody takes over a lock that the system keeps."""

    def place(self, name: str) -> str:
        """Return the path of a file."""
        return str(self._folder / name)
