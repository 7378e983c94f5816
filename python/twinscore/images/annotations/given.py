"""Annotations of some images whose names are known, out of a larger set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from twinscore.images.annotations.records import (
        AnnotatedImage,
        AnnotationProblem,
        AnnotationSet,
    )


@dataclass(frozen=True, slots=True)
class GivenAnnotations:
    """An `AnnotationSet` of images that were matched before.

    Attributes
    ----------
    whole
        What they are taken from.
    keys
        By the name of each image, what the whole calls it.
    problems
        None: what belongs to no single image is told of the whole.
    """

    whole: AnnotationSet
    keys: Mapping[str, str]
    problems: tuple[AnnotationProblem, ...] = ()

    @property
    def location(self) -> str:
        """Where the whole lies."""
        return self.whole.location

    @property
    def format(self) -> str:
        """Of the whole."""
        return self.whole.format

    @property
    def names(self) -> Sequence[str]:
        """What the images are called."""
        return tuple(self.keys)

    @property
    def is_by_stem(self) -> bool:
        """Images are known by their whole names here."""
        return False

    @property
    def absent_means_none(self) -> bool:
        """As of the whole."""
        return self.whole.absent_means_none

    def read(self, name: str) -> AnnotatedImage:
        """Read what is written of one image."""
        return self.whole.read(self.keys[name])

    def image_files(self) -> Sequence[Path]:
        """Find the images beside the whole."""
        return self.whole.image_files()
