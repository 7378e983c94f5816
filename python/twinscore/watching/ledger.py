"""What became of every frame, so that none is counted twice, not even after a restart."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from twinscore.watching.frames import Signature


@dataclass(frozen=True, slots=True)
class Entry:
    """One frame as it was when it was looked at.

    Attributes
    ----------
    signature
        Of the file then.
    reason
        Why it could not be read; None if it counts.
    """

    signature: Signature
    reason: str | None = None


class Ledger:
    """The frames looked at so far, by their path below the folder."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self) -> set[str]:
        """Return the frames looked at."""
        return set(self._entries)

    def knows(self, name: str, signature: Signature) -> bool:
        """Tell whether this very file was looked at."""
        entry = self._entries.get(name)
        return entry is not None and entry.signature == signature

    def counts(self, name: str) -> bool:
        """Tell whether a frame was read, rather than found unreadable or never seen."""
        entry = self._entries.get(name)
        return entry is not None and entry.reason is None

    def enter(self, name: str, entry: Entry) -> None:
        """Write down what became of a frame, in the place of what was known of it."""
        self._entries[name] = entry

    def strike(self, name: str) -> None:
        """Forget a frame."""
        self._entries.pop(name, None)

    @property
    def counted(self) -> int:
        """Frames read."""
        return sum(entry.reason is None for entry in self._entries.values())

    @property
    def unreadable(self) -> dict[str, str]:
        """Frames that could not be read as they are now, with the reason."""
        return {
            name: entry.reason for name, entry in self._entries.items() if entry.reason is not None
        }

    def to_json(self) -> list[list[Any]]:
        """Return it as JSON types."""
        return [
            [name, *astuple(entry.signature), entry.reason] for name, entry in self._entries.items()
        ]

    @classmethod
    def from_json(cls, rows: list[list[Any]]) -> Ledger:
        """Read what `to_json` gave."""
        ledger = cls()
        for name, size, modified, number, reason in rows:
            ledger.enter(name, Entry(Signature(size, modified, number), reason))
        return ledger
