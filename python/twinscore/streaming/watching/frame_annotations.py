"""Annotations that land beside frames: which are there, and which have changed."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.annotations.given import GivenAnnotations
from twinscore.images.annotations.label_files import LabelFiles
from twinscore.images.annotations.matching import match_images
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.annotations.records import AnnotatedImage
from twinscore.images.annotations.stamps import NO_ANNOTATION, annotation_stamp
from twinscore.streaming.watching.frames import signature_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from twinscore.images.annotations.records import AnnotationProblem, AnnotationSet
    from twinscore.streaming.watching.frames import Signature

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
        Of annotations that belong to no frame that is there.
    """

    def __init__(self, location: str, frames: Path) -> None:
        self._location = location
        self._place = Path(os.path.abspath(location))  # noqa: PTH100
        # Labels may lie among the frames; whoever keeps them apart keeps no frames there.
        self._is_apart = not frames.is_relative_to(self._place)
        self._set: AnnotationSet = _NothingYet(location)
        self._seen: Signature | None = None
        self._keys: dict[str, str] = {}
        self._stamps: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        self._frames: frozenset[str] = frozenset()
        self._due = 0.0
        self.trouble: str | None = None
        self.problems: tuple[AnnotationProblem, ...] = ()

    @property
    def is_due(self) -> bool:
        """Whether the last look is long enough ago."""
        return time.monotonic() >= self._due

    def stamp_of(self, frame: str) -> str:
        """Return what differs once the annotation of a frame has changed, as it was last seen."""
        return self._stamps.get(frame, NO_ANNOTATION)

    def holds(self, file: Path) -> bool:
        """Tell whether a file below the watched folder lies among annotations, such as masks."""
        return self._is_apart and file.is_relative_to(self._place)

    def look(self, frames: Collection[str]) -> set[str]:
        """Find the annotations of frames anew; return the frames for which anything changed.

        Parameters
        ----------
        frames
            All that are there.

        Raises
        ------
        MissingExtraError
            The package for annotations of this kind is not installed.
        """
        started = time.monotonic()
        of = frozenset(frames)
        if self._open() or of != self._frames:
            matching = match_images(sorted(of), self._set)
            named = zip(sorted(of), matching.annotated, strict=True)
            self._keys = {frame: key for frame, key in named if key is not None}
            self.problems = (*self._set.problems, *matching.problems)
            self._frames = of
        before = self._stamps
        self._stamps = {frame: self._stamp(key) for frame, key in self._keys.items()}
        either = before.keys() | self._stamps.keys()
        pause = LOOKING_PAUSES * (time.monotonic() - started)
        self._due = time.monotonic() + max(SECONDS_BETWEEN_LOOKS, pause)
        return {frame for frame in either & of if before.get(frame) != self._stamps.get(frame)}

    def of(self, images: Sequence[str]) -> GivenAnnotations:
        """Return the annotations of some images: frames, or frames of clips."""
        keys = {image: self._keys[image] for image in images if image in self._keys}
        others = [image for image in images if image not in self._frames]
        if others:
            named = zip(others, match_images(others, self._set).annotated, strict=True)
            keys.update({image: key for image, key in named if key is not None})
        return GivenAnnotations(self._set, keys)

    def _open(self) -> bool:
        """Read anew what may have changed; tell whether it was."""
        try:
            is_listed = isinstance(self._set, LabelFiles | _NothingYet)
            seen = None if is_listed else signature_of(Path(self._set.location))
            if seen is not None and seen == self._seen:
                return False
            opened = open_annotations(self._location)
        except (OSError, ValueError) as error:
            self.trouble = " ".join(str(error).split())
            return False
        self.trouble = None
        self._set, self._digests, self._seen = opened, {}, seen
        return True

    def _stamp(self, key: str) -> str:
        """Look at a file of one image each time, and at what is in memory once."""
        if isinstance(self._set, LabelFiles):
            return annotation_stamp(self._set, key)
        if key not in self._digests:
            self._digests[key] = annotation_stamp(self._set, key)
        return self._digests[key]


@dataclass(frozen=True, slots=True)
class _NothingYet:
    """An `AnnotationSet` in the place of one that is still to come."""

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
