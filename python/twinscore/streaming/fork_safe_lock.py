"""A lock that holds off forks, so that no child ever gets half a change."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType


class ForkSafeLock:
    """Re-entrant. Data-loader workers fork while other threads score.

    A fork waits until nobody holds the lock, so that what it guards is whole in the child, and the
    child finds the lock open. A thread that holds one such lock must not wait for another one.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _locks.add(self)

    def __enter__(self) -> Self:
        """Wait for the lock."""
        self._lock.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let others in."""
        self._lock.release()

    def renew(self) -> None:
        """Open the lock in a child, where no other thread lives."""
        self._lock = threading.RLock()


_locks: weakref.WeakSet[ForkSafeLock] = weakref.WeakSet()
_held: list[ForkSafeLock] = []


def _hold_all() -> None:
    for lock in list(_locks):
        lock.__enter__()
        _held.append(lock)


def _let_go() -> None:
    while _held:
        _held.pop().__exit__(None, None, None)


def _renew_all() -> None:
    _held.clear()
    for lock in list(_locks):
        lock.renew()


os.register_at_fork(before=_hold_all, after_in_parent=_let_go, after_in_child=_renew_all)
