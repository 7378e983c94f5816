"""Where the files of a store lie: a folder of this machine, or a place in object storage."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    import numpy.typing as npt

LOCK_FILE = ".lock"

Fill = Callable[[IO[bytes]], None]
"""Writes the content of a file into it, from its beginning to its end."""


class UnreachableError(OSError):
    """What holds a store does not answer, or does not let in: nothing is said of its files."""


class StoreDirectory(ABC):
    """Files of a store by name.

    What is written is there whole or not at all, whenever the process or the machine stops, and
    whoever lists and reads afterwards finds it. As text it is what the user calls it.
    """

    @abstractmethod
    def names(self) -> list[str]:
        """List the files, in no order; none where nothing was written yet."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Tell whether there is a file."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Return the content of a small file.

        Raises
        ------
        FileNotFoundError
            There is none.
        """

    @abstractmethod
    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file to be read from its beginning, in bounded memory.

        Raises
        ------
        FileNotFoundError
            There is none.
        """

    @abstractmethod
    def map_npy(self, name: str) -> npt.NDArray[Any] | None:
        """Map a ``.npy`` file into memory, read-only; None where it lies too far away for that.

        Raises
        ------
        ValueError
            The file is missing or damaged.
        """

    @abstractmethod
    def write(self, name: str, fill: Fill) -> None:
        """Write a file whole, in the place of an older one, and wait until it is kept."""

    @abstractmethod
    def move(self, name: str, target: str) -> None:
        """Give a file the place of another; done again after a break, it ends the same."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Take a file away, if there is one."""

    @abstractmethod
    def locked(self) -> AbstractContextManager[None]:
        """Make the place if there is none, and keep other writers away from it.

        Raises
        ------
        BlockingIOError
            Another process is writing to it.
        """

    @abstractmethod
    def check_lock(self) -> None:
        """Make sure that this process is still the one that writes.

        Raises
        ------
        BlockingIOError
            Another one has taken over.
        """

    @abstractmethod
    def place(self, name: str) -> str:
        """Return what a user calls a file: its path or URL."""


@contextmanager
def naming_store(directory: StoreDirectory) -> Iterator[None]:
    """Name the store in errors of writing, and say that what was finished is kept."""
    try:
        yield
    except BlockingIOError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        message = (
            f"cannot write to the store {directory}: {reason}; finished shards are kept, "
            "and the same command goes on from there"
        )
        if error.errno is None:
            raise OSError(message) from error
        raise OSError(error.errno, message) from error
