"""What became of every file, so that no image is counted twice, not even after a restart."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from twinscore.streaming.watching.frames import Signature

if TYPE_CHECKING:
    from collections.abc import Iterable


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

    WIDTH = 6
    """Values of a row of `to_json`."""

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
        """Read what `to_json` gave.

        Parameters
        ----------
        rows
            Lists of `WIDTH`.

        Raises
        ------
        ValueError
            One does not describe a file.
        """
        ledger = cls()
        for number, row in enumerate(rows):
            file, size, modified, inode, counted, failures = row
            is_file = isinstance(file, str) and all(
                isinstance(value, int) for value in (size, modified, inode)
            )
            names = [file] if counted is None else counted
            if not (is_file and _are_texts(names) and _are_pairs(failures)):
                raise ValueError(f"'ledger': row {number} describes no file")
            ledger.enter(
                file,
                Entry(
                    Signature(size, modified, inode),
                    tuple(names),
                    tuple((name, reason) for name, reason in failures),
                ),
            )
        return ledger

    def check_counts(self, kept: Iterable[str | None]) -> None:
        """Make sure that the images kept by a score are among those that count.

        Raises
        ------
        ValueError
            One is not.
        """
        counted = {name for entry in self._entries.values() for name in entry.counted}
        strangers = [name for name in kept if name not in counted]
        if strangers:
            raise ValueError(f"{strangers[0]!r} is scored but not in the ledger")


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _are_pairs(values: Any) -> bool:
    return isinstance(values, list) and all(
        _are_texts(value) and len(value) == 2 for value in values
    )
