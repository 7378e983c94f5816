"""A store in object storage, or at any other URL that fsspec can write to."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from twinscore.base.errors import MissingExtraError
from twinscore.embedding.store.directory import LOCK_FILE, StoreDirectory, UnreachableError
from twinscore.embedding.store.lease import Lease
from twinscore.images.sources.remote_file import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.embedding.store.directory import Fill

_BLOCK = 8 << 20
"""Bytes that are asked for at once."""

_WITHOUT_FOLDERS = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "az", "oss", "memory"})
"""Protocols of stores of objects: names may hold slashes, and there is nothing to be made."""


class RemoteDirectory(StoreDirectory):
    """Objects are put whole, and their order is that of the calls; nothing is kept in caches.

    Dropped connections and servers that are busy are asked again by the library of the kind of
    URL, with growing pauses; what it then gives up is an `UnreachableError`.

    Parameters
    ----------
    shown
        The URL without secrets.
    system
        File system of fsspec.
    root
        Path in it.
    """

    def __init__(self, shown: str, system: Any, root: str) -> None:
        self._shown = shown.rstrip("/")
        self._system = system
        self._root = root.rstrip("/")
        self._lease = Lease(str(self), _LockObject(self))

    def __str__(self) -> str:
        return self._shown

    def names(self) -> list[str]:
        """List the objects; what lies deeper by its path below the store."""
        with asked(f"{self} cannot be listed"):
            self._system.invalidate_cache(self._root)
            try:
                # To list one level, some also look into what lies above, which may be closed.
                found = self._system.find(self._root)
            except FileNotFoundError:
                return []
            beginning = f"{self._root}/"
            paths = map(str, found)
            return [path[len(beginning) :] for path in paths if path.startswith(beginning)]

    def has(self, name: str) -> bool:
        """Tell whether there is an object, of at least one byte."""
        try:
            with asked(f"{self.place(name)} cannot be read"):
                return bool(self._system.cat_file(self._path(name), start=0, end=1))
        except FileNotFoundError:
            return False

    def read(self, name: str) -> bytes:
        """Return the content of a small object."""
        with asked(f"{self.place(name)} cannot be read"):
            # With a beginning given, nobody asks for the size first.
            return bytes(self._system.cat_file(self._path(name), start=0))

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open an object, which is read some megabytes at a time."""
        what = f"{self.place(name)} cannot be read"
        with asked(what):
            self._system.invalidate_cache(self._root)
            file = self._system.open(
                self._path(name), "rb", block_size=_BLOCK, cache_type="readahead"
            )
        with file:
            yield cast("IO[bytes]", _ObjectReader(file, what))

    def map_npy(self, name: str) -> None:  # noqa: ARG002
        """Return None: what is far away cannot be mapped."""
        return

    def write(self, name: str, fill: Fill) -> None:
        """Put an object whole; it appears when the server has all of it."""
        content = io.BytesIO()
        fill(content)
        self._put(name, content.getvalue())

    def move(self, name: str, target: str) -> None:
        """Copy an object on the server, and take the first away."""
        with asked():
            try:
                self._system.cp_file(self._path(name), self._path(target))
            except NotImplementedError:
                self._system.pipe_file(self._path(target), self.read(name))
        self.remove(name)

    def remove(self, name: str) -> None:
        """Take an object away, if there is one."""
        with asked():
            try:
                self._system.rm_file(self._path(name))
            except FileNotFoundError:
                return

    def create(self, name: str, content: bytes) -> bool:
        """Put an object where there is none; False where there is one.

        The server decides, where it can; where it cannot, an object is looked for first.
        """
        if self.has(name):
            return False
        try:
            self._put(name, content, mode="create")
        except UnreachableError:
            # Libraries tell in different ways that there was one, or that they cannot do this.
            if self.has(name):
                return False
            self._put(name, content)
        return True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the place where it has to be made, and put a lock there that is renewed."""
        if not self._protocols & _WITHOUT_FOLDERS:
            with asked():
                self._system.makedirs(self._root, exist_ok=True)
        with self._lease:
            yield

    def check_lock(self) -> None:
        """Make sure that the lock is still the own one."""
        self._lease.check()

    def place(self, name: str) -> str:
        """Return the URL of an object."""
        return f"{self}/{name}"

    @property
    def _protocols(self) -> set[str]:
        protocol = self._system.protocol
        return {protocol} if isinstance(protocol, str) else set(protocol)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _put(self, name: str, content: bytes, **options: str) -> None:
        try:
            with asked():
                self._system.pipe_file(self._path(name), content, **options)
        except FileNotFoundError as error:
            # Such as a bucket that does not exist.
            raise UnreachableError(reason_of(error)) from error


class _ObjectReader:
    """Reads an object and says in one line why it cannot."""

    def __init__(self, file: IO[bytes], what: str) -> None:
        self._file = file
        self._what = what

    def read(self, size: int) -> bytes:
        with asked(self._what):
            return self._file.read(size)


@contextmanager
def asked(what: str = "") -> Iterator[None]:
    """Say in one line what went wrong; every kind of file system fails in its own way.

    Only that a file is not there is passed on.

    Parameters
    ----------
    what
        What could not be done; empty where the caller says it.
    """
    begun = f"{what}: " if what else ""
    try:
        yield
    except NotImplementedError as error:
        raise UnreachableError(f"{begun}this kind of URL does not allow it") from error
    except (FileNotFoundError, UnreachableError, MissingExtraError, MemoryError):
        raise
    except Exception as error:
        raise UnreachableError(f"{begun}{reason_of(error)}") from error


class _LockObject:
    """The object by which writers know of each other."""

    def __init__(self, directory: RemoteDirectory) -> None:
        self._directory = directory

    def create(self, content: bytes) -> bool:
        return self._directory.create(LOCK_FILE, content)

    def read(self) -> bytes | None:
        try:
            return self._directory.read(LOCK_FILE)
        except FileNotFoundError:
            return None

    def replace(self, content: bytes) -> None:
        self._directory.write(LOCK_FILE, lambda file: _write_all(file, content))

    def remove(self) -> None:
        self._directory.remove(LOCK_FILE)


def _write_all(file: IO[bytes], content: bytes) -> None:
    file.write(content)
