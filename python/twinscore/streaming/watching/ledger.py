"""What became of every file, so that no image is counted twice, not even after a restart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from twinscore.base.saved_state import Fields
from twinscore.images.annotations.stamps import NO_ANNOTATION
from twinscore.images.views.settings import SCENES
from twinscore.streaming.watching.frames import Signature
from twinscore.streaming.watching.objects_of_file import ObjectsOfFile, saved_endings
from twinscore.streaming.watching.objects_of_frames import ObjectTotals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twinscore.images.annotations.records import AnnotationProblem
    from twinscore.streaming.watching.objects_of_frames import ObjectsOfFrames


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
    cut
        By view, of the pictures cut out of them that count, what their names have after that of
        the file.
    objects
        Found in them; None where nobody asked.
    """

    signature: Signature
    counted: tuple[str, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()
    cut: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    objects: ObjectsOfFile | None = None


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

    OBJECTS_WIDTH = 4
    """Values of a row of `objects_to_json`."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self.counted = 0
        self.unreadable: dict[str, str] = {}
        self._objects = ObjectTotals()

    def __contains__(self, file: str) -> bool:
        return file in self._entries

    def objects(
        self, problems: Iterable[AnnotationProblem], trouble: str | None
    ) -> ObjectsOfFrames:
        """Return what was found of objects in the images that count.

        Parameters
        ----------
        problems
            Of annotations that belong to no single file.
        trouble
            See `ObjectsOfFrames`.
        """
        return self._objects.as_found(problems, trouble)

    def files(self) -> set[str]:
        """Return the files looked at."""
        return set(self._entries)

    def knows(self, file: str, signature: Signature) -> bool:
        """Tell whether this very file was looked at."""
        entry = self._entries.get(file)
        return entry is not None and entry.signature == signature

    def knows_but_for_annotation(self, file: str, signature: Signature) -> bool:
        """Tell whether this very file was looked at, be it with another annotation."""
        return self.knows(file, replace(signature, annotation=self.annotation_of(file)))

    def annotation_of(self, file: str) -> str:
        """Return the stamp of what was written down of a file when it was looked at."""
        entry = self._entries.get(file)
        return NO_ANNOTATION if entry is None else entry.signature.annotation

    def images_of(self, file: str) -> tuple[str, ...]:
        """Return the images in a file, as far as they are known."""
        entry = self._entries.get(file)
        return () if entry is None else (*entry.counted, *(name for name, _ in entry.failures))

    def names_of(self, file: str) -> dict[str, tuple[str, ...]]:
        """Return by view the names under which a file counts."""
        entry = self._entries.get(file)
        return {} if entry is None else _names(file, entry)

    def enter(self, file: str, entry: Entry) -> None:
        """Write down what became of a file, in the place of what was known of it."""
        self.strike(file)
        self._entries[file] = entry
        self.counted += len(entry.counted)
        self.unreadable.update(entry.failures)
        if entry.objects is not None:
            self._objects.add(entry.objects)

    def strike(self, file: str) -> None:
        """Forget a file."""
        entry = self._entries.pop(file, None)
        if entry is None:
            return
        self.counted -= len(entry.counted)
        for name, _ in entry.failures:
            self.unreadable.pop(name, None)
        if entry.objects is not None:
            self._objects.take_out(entry.objects)

    def to_json(self) -> list[list[Any]]:
        """Return it as JSON types; a picture that counts has no names of its own."""
        return [
            [
                file,
                *_of_file(entry.signature),
                None if entry.counted == (file,) else entry.counted,
                entry.failures,
            ]
            for file, entry in self._entries.items()
        ]

    def objects_to_json(self) -> list[list[Any]]:
        """Return what `to_json` leaves out, of files whose objects were looked at."""
        return [
            [file, entry.signature.annotation, entry.cut, entry.objects.to_json()]
            for file, entry in self._entries.items()
            if entry.objects is not None
        ]

    @classmethod
    def from_json(cls, rows: list[list[Any]], objects: list[list[Any]]) -> Ledger:
        """Read what `to_json` and `objects_to_json` gave.

        Parameters
        ----------
        rows
            Lists of `WIDTH`.
        objects
            Lists of `OBJECTS_WIDTH`.

        Raises
        ------
        ValueError
            One does not describe a file.
        """
        ledger = cls()
        of_files = {}
        for number, (file, stamp, cut, found) in enumerate(objects):
            if not (isinstance(file, str) and isinstance(stamp, str) and isinstance(cut, dict)):
                raise ValueError(f"'objects': row {number} describes no file")
            of_file = ObjectsOfFile.from_json(Fields(found))
            of_files[file] = stamp, saved_endings(Fields(cut)), of_file
        for number, row in enumerate(rows):
            file, size, modified, inode, counted, failures = row
            is_file = isinstance(file, str) and all(
                isinstance(value, int) for value in (size, modified, inode)
            )
            names = [file] if counted is None else counted
            if not (is_file and _are_texts(names) and _are_pairs(failures)):
                raise ValueError(f"'ledger': row {number} describes no file")
            stamp, cut, found = of_files.get(file, (NO_ANNOTATION, {}, None))
            ledger.enter(
                file,
                Entry(
                    Signature(size, modified, inode, stamp),
                    tuple(names),
                    tuple((name, reason) for name, reason in failures),
                    cut,
                    found,
                ),
            )
        return ledger

    def check_counts(self, kept: Mapping[str, Iterable[str | None]]) -> None:
        """Make sure that the pictures kept by scores are among those that count.

        Parameters
        ----------
        kept
            Names, by view.

        Raises
        ------
        ValueError
            One is not.
        """
        counted: dict[str, set[str]] = {}
        for file, entry in self._entries.items():
            for view, names in _names(file, entry).items():
                counted.setdefault(view, set()).update(names)
        for view, of_view in kept.items():
            strangers = [name for name in of_view if name not in counted.get(view, ())]
            if strangers:
                raise ValueError(f"{strangers[0]!r} is scored but not in the ledger")


def _names(file: str, entry: Entry) -> dict[str, tuple[str, ...]]:
    cut = {view: tuple(file + ending for ending in each) for view, each in entry.cut.items()}
    return {SCENES: entry.counted, **cut}


def _of_file(signature: Signature) -> tuple[int, int, int]:
    return signature.size, signature.modified, signature.number


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _are_pairs(values: Any) -> bool:
    return isinstance(values, list) and all(
        _are_texts(value) and len(value) == 2 for value in values
    )
