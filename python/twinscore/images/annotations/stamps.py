"""What tells whether the annotation of an image is still the same, as cheaply as can be."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from twinscore.images.annotations.digest import annotation_digest
from twinscore.images.annotations.label_files import LabelFiles

if TYPE_CHECKING:
    from twinscore.images.annotations.records import AnnotationSet

NO_ANNOTATION = ""
"""The stamp of an image of which nothing is known."""

NO_OBJECTS = "no objects"
"""The stamp of an image that is not named, where this means that it has no objects."""

NOT_LOOKED_FOR = "not looked for"
"""The stamp of an image whose annotation nobody has looked for."""


class AnnotationStamps:
    """Gives every image a text that differs once what is written down of it has changed.

    Parameters
    ----------
    annotations
        Of many images. A file for each of them is looked at whenever it is asked for, not read;
        what is in memory is digested once.
    """

    def __init__(self, annotations: AnnotationSet) -> None:
        self._annotations = annotations
        self._of_unnamed = NO_OBJECTS if annotations.absent_means_none else NO_ANNOTATION
        self._digests: dict[str, str] = {}
        self._reading = _reading_of(annotations) if isinstance(annotations, LabelFiles) else ""

    def of(self, name: str | None) -> str:
        """Return the stamp of an image; None stands for one that is not named."""
        if name is None:
            return self._of_unnamed
        if isinstance(self._annotations, LabelFiles):
            try:
                found = self._annotations.files[name].stat()
            except OSError:
                return self._of_unnamed
            return f"{self._reading} {found.st_size} {found.st_mtime_ns} {found.st_ino}"
        if name not in self._digests:
            self._digests[name] = annotation_digest(self._annotations.read(name))
        return self._digests[name]


def is_written_down(stamp: str) -> bool:
    """Tell whether an image is named in the annotations."""
    return stamp not in (NO_ANNOTATION, NO_OBJECTS, NOT_LOOKED_FOR)


def _reading_of(labels: LabelFiles) -> str:
    """Describe how files are read: names of classes may land, or change, after the files."""
    reader = labels.reader
    classes = reader if dataclasses.is_dataclass(reader) else None
    return hashlib.sha256(repr((labels.format, classes)).encode()).hexdigest()[:16]
