"""A logger that keeps what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.integrations.loggers import LogEntry


class Remembering:
    """Keeps entries in memory, or fails where it is asked to."""

    def __init__(self, fails: str = "") -> None:
        self.entries: list[LogEntry] = []
        self.is_closed = False
        self._fails = fails

    def log(self, entry: LogEntry) -> None:
        """Keep an entry."""
        self._fail_at("log")
        self.entries.append(entry)

    def close(self) -> None:
        """Note that it was closed."""
        self._fail_at("close")
        self.is_closed = True

    @property
    def place(self) -> str:
        """Nowhere."""
        self._fail_at("place")
        return "memory"

    def _fail_at(self, step: str) -> None:
        if self._fails == step:
            raise ConnectionError("the server is down")
