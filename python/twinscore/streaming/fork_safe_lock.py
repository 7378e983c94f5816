"""A lock that holds off forks, so that no child ever gets half a change."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class ForkSafeLock:
    """Re-entrant. Data-loader workers fork while other threads score.

    A fork waits until nobody holds the lock, so that what it guards is whole in the child, and the
    child finds the lock open. A thread that holds one such lock must not wait for another one.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _locks.add(self)

    @property
    def held(self) -> AbstractContextManager[bool]:
        """Wait for the lock, and let others in at the end: ``with lock.held``.

        Python's own lock and no context manager around it: entering and leaving that is one step,
        which no handler of a signal can raise in the middle of and leave the lock held.
        """
        return self._lock

    def renew(self) -> None:
        """Open the lock in a child, where no other thread lives."""
        self._lock = threading.RLock()


_locks: weakref.WeakSet[ForkSafeLock] = weakref.WeakSet()
_held: list[threading.RLock] = []


def _hold_all() -> None:
    for lock in list(_locks):
        lock._lock.acquire()
        _held.append(lock._lock)


def _let_go() -> None:
    while _held:
        _held.pop().release()


def _renew_all() -> None:
    _held.clear()
    for lock in list(_locks):
        lock.renew()


os.register_at_fork(before=_hold_all, after_in_parent=_let_go, after_in_child=_renew_all)
