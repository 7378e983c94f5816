"""Annotations that land beside frames: which are there, and which have changed."""

from __future__ import annotations

import hashlib
import os
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.annotations.given import GivenAnnotations
from twinscore.images.annotations.instance_masks import are_called_masks, are_masks, is_mask_name
from twinscore.images.annotations.label_files import LabelFiles
from twinscore.images.annotations.matching import ABSENT, match_images
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.annotations.stamps import (
    NOT_LOOKED_FOR,
    AnnotationStamps,
    is_written_down,
)
from twinscore.streaming.watching.no_annotations import NoAnnotations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twinscore.images.annotations.records import AnnotationProblem, AnnotationSet

SECONDS_BETWEEN_LOOKS = 1.0
LOOKING_PAUSES = 20.0
"""Annotations are looked at once a second, and after so many times what the last look took."""


class FrameAnnotations:
    """What is written down of the frames of a folder, as far as it has landed.

    Parameters
    ----------
    location
        As `open_annotations` takes it; it need not be there yet.
    frames
        The watched folder.

    Attributes
    ----------
    trouble
        Why it cannot be read at the moment, or None; until then all is as it was.
    problems
        What belongs to no single frame, or fits several; that frames are yet to land is none.
    """

    def __init__(self, location: str, frames: Path) -> None:
        self._location = location
        self._place = Path(os.path.abspath(location))  # noqa: PTH100
        # There, masks are told from frames by their names.
        self._is_around = frames.is_relative_to(self._place)
        self._hold(NoAnnotations(location))
        self._seen: tuple[int, int, int] | None = None
        self._names: tuple[str, bool, Sequence[str]] | None = None
        self._images: frozenset[str] = frozenset()
        self._misfits: tuple[AnnotationProblem, ...] = ()
        self._keys: dict[str, str] = {}
        self._stamps: dict[str, str] = {}
        self._due = 0.0
        self.trouble: str | None = None
        self.problems: tuple[AnnotationProblem, ...] = ()

    @property
    def is_due(self) -> bool:
        """Whether the last look is long enough ago."""
        return time.monotonic() >= self._due

    @property
    def have_landed(self) -> bool:
        """Whether any were there since the watch began."""
        return not isinstance(self._set, NoAnnotations)

    def stamp_of(self, file: str) -> str:
        """Return what differs once the annotation of a file has changed, as it was last seen."""
        return self._stamps.get(file, NOT_LOOKED_FOR)

    def holds(self, file: Path) -> bool:
        """Tell whether an image below the watched folder is a mask, or may turn out as one."""
        if not file.is_relative_to(self._place) or (self.have_landed and not are_masks(self._set)):
            return False
        is_told_by_name = self._is_around or self._are_called_masks
        return is_mask_name(file.stem) if is_told_by_name else True

    def look(self, images: Mapping[str, Sequence[str]]) -> set[str]:
        """Find annotations anew; return the files for which anything changed.

        Parameters
        ----------
        images
            By file, all images that are there: itself, or the frames of a clip as far as they are
            known.

        Raises
        ------
        MissingExtraError
            The package for annotations of this kind is not installed.
        """
        started = time.monotonic()
        had_landed = self.have_landed
        self._open()
        self._match(frozenset(chain.from_iterable(images.values())))
        before = self._stamps
        self._stamps = {file: self._stamp(of_file) for file, of_file in images.items()}
        pause = LOOKING_PAUSES * (time.monotonic() - started)
        self._due = time.monotonic() + max(SECONDS_BETWEEN_LOOKS, pause)
        if self.have_landed != had_landed:
            return set(self._stamps)
        return {file for file, stamp in self._stamps.items() if before.get(file) != stamp}

    def of(self, images: Sequence[str]) -> GivenAnnotations:
        """Return the annotations of some images: frames, or frames of clips."""
        keys = self._keys
        if not self._images.issuperset(images):
            keys, _ = self._matched(self._images.union(images))
        return GivenAnnotations(self._set, {name: keys[name] for name in images if name in keys})

    def _open(self) -> None:
        """Read anew what may have changed."""
        try:
            is_one_file = not isinstance(self._set, LabelFiles | NoAnnotations)
            seen = _version_of(self._set.location) if is_one_file else None
            if seen is not None and seen == self._seen:
                return
            if not self._place.exists():
                raise FileNotFoundError(f"{self._location!r} does not exist")
            opened = open_annotations(self._location)
            if self._is_around and are_masks(opened) and not are_called_masks(opened):
                raise ValueError(f"{self._location!r} holds images, and no annotations of them")
        except (OSError, ValueError) as error:
            self.trouble = " ".join(str(error).split())
            return
        self.trouble = None
        self._seen = seen
        self._hold(opened)

    def _hold(self, annotations: AnnotationSet) -> None:
        self._set = annotations
        self._are_called_masks = are_called_masks(annotations)
        self._stamps_of = AnnotationStamps(annotations)

    def _match(self, images: frozenset[str]) -> None:
        """Tell which annotation is of which image, where either are others than before."""
        names = self._set.location, self._set.is_by_stem, self._set.names
        if (names, images) != (self._names, self._images):
            self._names, self._images = names, images
            self._keys, found = self._matched(images)
            self._misfits = found
        # An image that is absent now may land yet.
        problems = (*self._set.problems, *self._misfits)
        self.problems = tuple(each for each in problems if each.reason != ABSENT)

    def _matched(
        self, images: frozenset[str]
    ) -> tuple[dict[str, str], tuple[AnnotationProblem, ...]]:
        """Return what the annotations call each image, and what does not fit."""
        names = sorted(images)
        matching = match_images(names, self._set)
        pairs = zip(names, matching.annotated, strict=True)
        return {name: key for name, key in pairs if key is not None}, matching.problems

    def _stamp(self, images: Sequence[str]) -> str:
        """Return the stamp of a file: of its only image, or of those in it together."""
        stamps = [self._stamps_of.of(self._keys.get(name)) for name in images]
        if len(stamps) == 1:
            return stamps[0]
        if not any(map(is_written_down, stamps)):
            return self._stamps_of.of(None)
        return hashlib.sha256("\n".join(stamps).encode()).hexdigest()


def _version_of(location: str) -> tuple[int, int, int] | None:
    """Tell one state of a file from another; None where there is no file, but maybe a folder."""
    place = Path(location)
    if not place.is_file():
        return None
    found = place.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino
