"""What was found of the objects in the frames of a folder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.images.sources.endings import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twinscore.images.annotations.records import AnnotationProblem
    from twinscore.streaming.watching.objects_of_file import ObjectsOfFile


@dataclass(frozen=True, slots=True)
class ObjectsOfFrames:
    """What was found of the objects in the frames that count.

    Attributes
    ----------
    classes
        Objects by class, small ones as well.
    unannotated
        Frames of whose objects nothing is known: they count as whole scenes only.
    problems
        Annotations that could not be taken as they are written, with the reason.
    trouble
        Why annotations cannot be read at the moment.
    """

    classes: dict[str, int]
    unannotated: int
    problems: dict[str, str]
    trouble: str | None

    def notes(self) -> list[str]:
        """Say, one sentence each, what the reader should know."""
        return list(self._notes())

    def _notes(self) -> Iterator[str]:
        if self.unannotated:
            yield (
                f"{counted(self.unannotated, 'synthetic image')} not annotated so far: they count "
                "as scenes only"
            )
        if self.problems:
            record, reason = next(iter(self.problems.items()))
            yield (
                f"{counted(len(self.problems), 'synthetic annotation')} not as they should be, "
                f"such as {record}: {reason}"
            )
        if self.trouble is not None:
            yield f"annotations cannot be read at the moment: {self.trouble}"


class ObjectTotals:
    """Adds up what was found, file by file, and takes it out again."""

    def __init__(self) -> None:
        self._classes: Counter[str] = Counter()
        self._unannotated = 0
        self._problems: dict[str, str] = {}

    def add(self, found: ObjectsOfFile) -> None:
        """Add what was found in a file."""
        self._classes.update(found.classes)
        self._unannotated += found.unannotated
        self._problems.update(found.problems)

    def take_out(self, found: ObjectsOfFile) -> None:
        """Take out what was added."""
        self._classes -= Counter(found.classes)
        self._unannotated -= found.unannotated
        for record, _ in found.problems:
            self._problems.pop(record, None)

    def as_found(
        self, problems: Iterable[AnnotationProblem], trouble: str | None
    ) -> ObjectsOfFrames:
        """Return all of it, with problems of no single file and what is in the way."""
        of_none = {each.record: each.reason for each in problems}
        return ObjectsOfFrames(
            dict(self._classes), self._unannotated, {**of_none, **self._problems}, trouble
        )
