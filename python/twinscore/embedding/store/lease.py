"""One writer at a time where no system keeps locks: a small object that its owner renews.

Whoever finds a lock waits for a sign of life of its owner: where it is not renewed, the owner is
gone, and the lock is taken over. No clock of any machine is compared with another's. An owner that
was held up for so long learns it before its next shard (`Lease.check`), and stops.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from twinscore.base.logs import logger_of

if TYPE_CHECKING:
    from types import TracebackType

RENEWED_EVERY = 10.0
"""Seconds between two signs of life."""

ABANDONED_AFTER = 60.0
"""Seconds without one after which a lock is taken over."""

SETTLED_AFTER = 1.0
"""Seconds in which another that takes over at the same moment shows itself."""

_log = logger_of(__name__)
_held: set[str] = set()
"""Writers of this process."""


class LockFile(Protocol):
    """What a lease is kept in."""

    def create(self, content: bytes) -> bool:
        """Write it where there is none; False where there is one."""

    def read(self) -> bytes | None:
        """Return its content; None where there is none."""

    def replace(self, content: bytes) -> None:
        """Write it, in the place of another."""

    def remove(self) -> None:
        """Take it away."""


class Lease:
    """The right to write to a store; a context manager.

    Parameters
    ----------
    store
        What users call the store.
    file
        What the lease is kept in.
    """

    def __init__(self, store: str, file: LockFile) -> None:
        self._store = store
        self._file = file
        self._writer = ""
        self._renewals = 0
        self._is_reachable = True
        self._ended = threading.Event()
        self._renewing: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Get the lock.

        Raises
        ------
        BlockingIOError
            Another process has it.
        OSError
            It cannot be written.
        """
        self._writer = uuid.uuid4().hex
        self._renewals = 0
        self._is_reachable = True
        while not self._file.create(self._content()):
            found = self._file.read()
            if found is not None and self._is_abandoned(found):
                self._take_over()
                break
        _held.add(self._writer)
        self._ended.clear()
        self._renewing = threading.Thread(target=self._renew, name="twinscore lock", daemon=True)
        self._renewing.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let others write; where the server is gone, they find out for themselves."""
        self._ended.set()
        _held.discard(self._writer)
        if self._renewing is not None and self._is_reachable:
            self._renewing.join()
        if not self._is_reachable:
            return
        with contextlib.suppress(OSError):
            if self._is_mine(self._file.read()):
                self._file.remove()

    def check(self) -> None:
        """Make sure that nobody has taken over.

        Raises
        ------
        BlockingIOError
            Somebody has.
        FileNotFoundError
            The lock is gone, and with it perhaps all of the store.
        """
        self._is_reachable = False
        content = self._file.read()
        self._is_reachable = True
        if content is None:
            raise FileNotFoundError("its lock is gone: somebody removed that, or all of the store")
        if not self._is_mine(content):
            raise BlockingIOError(
                f"another process has taken over the store {self._store}: this one gave no sign "
                f"of life for {ABANDONED_AFTER:.0f} seconds"
            )

    def _is_abandoned(self, found: bytes) -> bool:
        """Look for a sign of life of who holds the lock; False where the lock is gone meanwhile."""
        owner = _fields(found)
        busy = BlockingIOError(
            f"another process is writing to the store {self._store} "
            f"(process {owner.get('process')} on {owner.get('host')})"
        )
        if owner.get("machine") == _machine():
            is_running = _is_running(owner)
            if is_running:
                raise busy
            if is_running is not None:
                return True
        _log.warning(
            "%s: waiting up to %.0f seconds for a sign of life of process %s on %s, which had "
            "locked the store",
            *(self._store, ABANDONED_AFTER, owner.get("process"), owner.get("host")),
        )
        deadline = time.monotonic() + ABANDONED_AFTER
        while time.monotonic() < deadline:
            time.sleep(min(1.0, RENEWED_EVERY / 4))
            now = self._file.read()
            if now is None:
                return False
            if now != found:
                raise busy
        return True

    def _take_over(self) -> None:
        self._file.replace(self._content())
        time.sleep(SETTLED_AFTER)
        if not self._is_mine(self._file.read()):
            raise BlockingIOError(f"another process is writing to the store {self._store}")

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED_EVERY):
            # A server that is gone is asked again; before a shard is written, so does its writer.
            with contextlib.suppress(OSError):
                if not self._is_mine(self._file.read()):
                    return
                self._renewals += 1
                self._file.replace(self._content())

    def _is_mine(self, content: bytes | None) -> bool:
        return content is not None and _fields(content).get("writer") == self._writer

    def _content(self) -> bytes:
        fields = {
            "writer": self._writer,
            "host": socket.gethostname(),
            "machine": _machine(),
            "process": os.getpid(),
            "started": _start_of(os.getpid()),
            "renewals": self._renewals,
        }
        return json.dumps(fields).encode()


def _fields(content: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(content)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _machine() -> str:
    """Name what numbers of processes mean something in: a boot of a machine, or a container."""
    parts = [socket.gethostname()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def _is_running(owner: dict[str, Any]) -> bool | None:
    """Tell whether a writer of this machine runs, if only in principle; None where nobody knows."""
    process = owner.get("process")
    if process == os.getpid():
        return owner.get("writer") in _held
    try:
        os.kill(int(process), 0)  # type: ignore[arg-type]  # What is no number is damage.
    except (ProcessLookupError, TypeError, ValueError, OverflowError):
        return False
    except PermissionError:
        pass
    started = owner.get("started")
    # Numbers are given again to other processes.
    return None if started is None else started == _start_of(int(process))  # type: ignore[arg-type]


def _start_of(process: int) -> str | None:
    """Return when a process began, in ticks since the machine did; None where nobody tells."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    # The name of the program stands in brackets, and may hold any.
    return status.rpartition(")")[2].split()[19]
