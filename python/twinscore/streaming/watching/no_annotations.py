"""Annotations that are still to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.images.annotations.records import AnnotatedImage

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.images.annotations.records import AnnotationProblem


@dataclass(frozen=True, slots=True)
class NoAnnotations:
    """An `AnnotationSet` in the place of one that is still to come.

    Attributes
    ----------
    location
        Where it is to come.
    """

    location: str
    format: str = ""
    names: tuple[str, ...] = ()
    is_by_stem: bool = False
    absent_means_none: bool = False
    problems: tuple[AnnotationProblem, ...] = ()

    def read(self, name: str) -> AnnotatedImage:
        """Know nothing of an image."""
        return AnnotatedImage(name, is_known=False)

    def image_files(self) -> tuple[Path, ...]:
        """Return none."""
        return ()
