"""A file of annotations an image, paired with it by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from twinscore.images.annotations.beside import images_beside
from twinscore.images.annotations.records import AnnotatedImage, AnnotationProblem
from twinscore.images.annotations.values import MalformedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from twinscore.images.annotations.records import ObjectAnnotation


class LabelReader(Protocol):
    """Reads one file; raises MalformedError or OSError where nothing in it can be read."""

    def __call__(self, name: str, file: Path) -> AnnotatedImage:
        """Return what the file says of the image of that name."""


@dataclass(frozen=True, slots=True)
class LabelFiles:
    """Annotations in a file for each image.

    Attributes
    ----------
    location
        Their folder, or what lists them.
    format
        Such as "YOLO".
    files
        By the name of the image, without its ending.
    reader
        Reads one.
    images
        The images, where something lists them; None: they are looked for beside the files.
    absent_means_none
        Whether an image without a file has no objects.
    problems
        What belongs to no single image.
    """

    location: str
    format: str
    files: Mapping[str, Path]
    reader: LabelReader
    images: Sequence[Path] | None = None
    absent_means_none: bool = False
    problems: tuple[AnnotationProblem, ...] = ()
    is_by_stem: bool = field(default=True, init=False)

    @property
    def names(self) -> Sequence[str]:
        """Names of the images, without their endings."""
        return tuple(self.files)

    def read(self, name: str) -> AnnotatedImage:
        """Read the file of an image."""
        file = self.files[name]
        try:
            return self.reader(name, file)
        except (MalformedError, OSError) as error:
            problem = AnnotationProblem(str(file), " ".join(str(error).split()))
            return AnnotatedImage(name, problems=(problem,), is_known=False)

    def image_files(self) -> Sequence[Path]:
        """Return the images that are listed, or lie beside the files."""
        return images_beside(list(self.files.values())) if self.images is None else self.images


@dataclass(slots=True)
class LabelLines:
    """Collects the objects of one file, and what is wrong with them."""

    name: str
    file: Path
    objects: list[ObjectAnnotation] = field(default_factory=list)
    problems: list[AnnotationProblem] = field(default_factory=list)

    def note(self, record: str, reason: str, *, is_lost: bool = True) -> None:
        """Note what is wrong with one annotation."""
        self.problems.append(AnnotationProblem(record, reason, is_lost))

    def finish(self, size: tuple[float, float] | None = None) -> AnnotatedImage:
        """Return all of it."""
        return AnnotatedImage(self.name, tuple(self.objects), size, tuple(self.problems))


def text_of(file: Path) -> str:
    """Read a text file; bytes that are no UTF-8 are in names at most."""
    return file.read_text(encoding="utf-8-sig", errors="replace")
