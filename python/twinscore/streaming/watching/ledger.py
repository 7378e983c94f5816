"""What became of every file, so that no image is counted twice, not even after a restart."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from twinscore.streaming.watching.frames import Signature


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as it was when it was looked at.

    Attributes
    ----------
    signature
        Of the file then.
    counted
        Names of the images in it that count: one of a picture, some of a clip.
    failures
        (image, reason) of those that could not be read.
    """

    signature: Signature
    counted: tuple[str, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()


class Ledger:
    """The files looked at so far, by their path below the folder.

    Attributes
    ----------
    counted
        Images that count.
    unreadable
        Images that could not be read as they are now, with the reason.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self.counted = 0
        self.unreadable: dict[str, str] = {}

    def __contains__(self, file: str) -> bool:
        return file in self._entries

    def files(self) -> set[str]:
        """Return the files looked at."""
        return set(self._entries)

    def knows(self, file: str, signature: Signature) -> bool:
        """Tell whether this very file was looked at."""
        entry = self._entries.get(file)
        return entry is not None and entry.signature == signature

    def counted_of(self, file: str) -> tuple[str, ...]:
        """Return the images of a file that count."""
        entry = self._entries.get(file)
        return () if entry is None else entry.counted

    def enter(self, file: str, entry: Entry) -> None:
        """Write down what became of a file, in the place of what was known of it."""
        self.strike(file)
        self._entries[file] = entry
        self.counted += len(entry.counted)
        self.unreadable.update(entry.failures)

    def strike(self, file: str) -> None:
        """Forget a file."""
        entry = self._entries.pop(file, None)
        if entry is not None:
            self.counted -= len(entry.counted)
            for name, _ in entry.failures:
                self.unreadable.pop(name, None)

    def to_json(self) -> list[list[Any]]:
        """Return it as JSON types; a picture that counts has no names of its own."""
        return [
            [
                file,
                *astuple(entry.signature),
                None if entry.counted == (file,) else entry.counted,
                entry.failures,
            ]
            for file, entry in self._entries.items()
        ]

    @classmethod
    def from_json(cls, rows: list[list[Any]]) -> Ledger:
        """Read what `to_json` gave."""
        ledger = cls()
        for file, size, modified, number, counted, failures in rows:
            ledger.enter(
                file,
                Entry(
                    Signature(size, modified, number),
                    (file,) if counted is None else tuple(counted),
                    tuple((name, reason) for name, reason in failures),
                ),
            )
        return ledger
