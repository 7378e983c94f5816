"""What tells whether the annotation of an image is still the same, as cheaply as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.annotations.digest import annotation_digest
from twinscore.images.annotations.label_files import LabelFiles

if TYPE_CHECKING:
    from twinscore.images.annotations.records import AnnotationSet

NO_ANNOTATION = ""
"""The stamp of an image of which nothing is written down."""


def annotation_stamp(annotations: AnnotationSet, name: str) -> str:
    """Return what differs once the annotation of an image has changed.

    Parameters
    ----------
    annotations
        Of many images. A file for each of them is looked at, not read.
    name
        One of their names.
    """
    if not isinstance(annotations, LabelFiles):
        return annotation_digest(annotations.read(name))
    try:
        found = annotations.files[name].stat()
    except OSError:
        return NO_ANNOTATION
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"
