"""A lock that a forked child finds open, whoever held it in the parent."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType


class ForkSafeLock:
    """Re-entrant. Data-loader workers fork while other threads score."""

    def __init__(self) -> None:
        self._renew()

    def __enter__(self) -> Self:
        """Wait for the lock."""
        if self._process != os.getpid():
            self._renew()
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

    def _renew(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()
