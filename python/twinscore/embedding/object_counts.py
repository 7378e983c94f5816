"""What was found of the objects of one side, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.embedding.records import Skipped
    from twinscore.images.annotations.records import AnnotationProblem


@dataclass(slots=True)
class ObjectCounts:
    """What was found of the objects of one side, and what was left out.

    Attributes
    ----------
    format
        Of the annotations.
    images
        Images of the source, readable or not.
    unread
        Images among them that cannot be read.
    unannotated
        Images of whose objects nothing is known: scenes only.
    without_objects
        Annotated images in which there are none.
    objects
        Objects found in their images, by class.
    too_small
        Objects among them that are too small to be looked at.
    masked
        Objects that have a mask.
    without_mask
        Objects left out because they have none, where the background was to be left out.
    regions
        Parts of images in which objects were not told apart: covered, and no objects.
    covered
        Images with nothing left beside their objects: no environment.
    problems
        What could not be taken as it is written, in the order of the images.
    """

    format: str
    images: int
    unread: list[Skipped] = field(default_factory=list)
    unannotated: int = 0
    without_objects: int = 0
    objects: dict[str, int] = field(default_factory=dict)
    too_small: int = 0
    masked: int = 0
    without_mask: int = 0
    regions: int = 0
    covered: int = 0
    problems: list[AnnotationProblem] = field(default_factory=list)
