"""YOLO: a text file an image, a line an object, in shares of the image; classes in data.yaml."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.images.annotations.beside import files_below, label_folder, stem_path
from twinscore.images.annotations.label_files import LabelFiles, LabelLines, text_of
from twinscore.images.annotations.masks import FEWEST_COORDINATES, polygons_in
from twinscore.images.annotations.matching import ABSENT
from twinscore.images.annotations.records import (
    SHARE_OF_THE_IMAGE,
    AnnotatedImage,
    AnnotationProblem,
    ObjectAnnotation,
)
from twinscore.images.annotations.values import (
    CORNERS_SWAPPED,
    MalformedError,
    box_of_size,
    number_in,
)
from twinscore.images.annotations.yolo_description import (
    SPLITS,
    classes_of_labels,
    described_classes,
    read_description,
)
from twinscore.images.sources.endings import is_image_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twinscore.images.annotations.records import Box, ObjectMask

CLASS_FILES = ("classes", "obj", "labels", "notes")
"""Text files beside labels that hold none: lists of names."""


@dataclass(frozen=True, slots=True)
class YoloReader:
    """Reads a label file: ``class x y width height``, or ``class`` and the points of an outline.

    Attributes
    ----------
    classes
        Names by number; a number without a name is its own.
    has_keypoints
        Whether points follow a box, which are no outline.
    """

    classes: Mapping[int, str]
    has_keypoints: bool = False

    def __call__(self, name: str, file: Path) -> AnnotatedImage:
        """Return what the file says."""
        lines = LabelLines(name, file)
        for number, line in enumerate(text_of(file).splitlines(), start=1):
            if not line.strip():
                continue
            record = f"{file} line {number}"
            try:
                box, mask, is_swapped = self._shape(line.split())
                class_name = self._class(line.split()[0])
            except MalformedError as error:
                lines.note(record, str(error))
                continue
            lines.objects.append(ObjectAnnotation(name, class_name, box, mask, record=record))
            if is_swapped:
                lines.note(record, CORNERS_SWAPPED, is_lost=False)
        return lines.finish(SHARE_OF_THE_IMAGE)

    def _shape(self, words: Sequence[str]) -> tuple[Box, ObjectMask | None, bool]:
        values = [number_in(word, "a share of the image") for word in words[1:]]
        if len(values) >= FEWEST_COORDINATES and not len(values) % 2 and not self.has_keypoints:
            outline = polygons_in([values], is_relative=True)
            return outline.box, outline, False
        # A fifth number is how sure a detector was.
        if len(values) not in (4, 5) and not (self.has_keypoints and len(values) > 5):
            raise MalformedError(
                "expected a class with 4 numbers or the points of an outline, "
                f"got {len(values)} numbers"
            )
        x, y, width, height = values[:4]
        box, is_swapped = box_of_size((x - width / 2, y - height / 2, width, height))
        return box, None, is_swapped

    def _class(self, word: str) -> str:
        number = number_in(word, "a class")
        if number != int(number) or number < 0:
            raise MalformedError(f"expected the number of a class, got {word!r}")
        if self.classes and int(number) not in self.classes:
            raise MalformedError(f"its class {int(number)} is not listed")
        return self.classes.get(int(number), str(int(number)))


def yolo_of_file(location: str) -> LabelFiles:
    """Read a ``data.yaml``, and find the images and labels of all its splits.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is no description of a YOLO set.
    MissingExtraError
        PyYAML is not installed.
    """
    file = Path(location)
    described = read_description(location)
    classes = described_classes(described)
    root = _root(file, described.get("path"))
    images: dict[Path, None] = {}
    problems = []
    for split in SPLITS:
        for entry in _entries(described.get(split)):
            place = _place_of(root, file.parent, entry)
            found, absent = ([], []) if place is None else _images_at(place, root)
            problems += absent
            if not found:
                problems.append(
                    AnnotationProblem(
                        f"{location} {split}", f"no images at {entry!r}", is_lost=True
                    )
                )
            images.update(dict.fromkeys(found))
    labels = {
        stem_path(_below(image, root)): label
        for image in images
        if (label := label_folder(image.parent) / f"{image.stem}.txt").is_file()
    }
    if not images:
        # The folders it names are elsewhere: what lies beside it will do.
        labels = label_files_below(file.parent)
    return LabelFiles(
        location,
        "YOLO",
        labels,
        YoloReader(classes.names, classes.has_keypoints),
        tuple(images),
        absent_means_none=True,
        problems=tuple(problems),
    )


def yolo_of_folder(location: str, files: Mapping[str, Path]) -> LabelFiles:
    """Take the label files of a folder, listed by the names of their images.

    Names of classes come from a ``classes.txt`` or ``data.yaml`` among them or above.
    """
    classes = classes_of_labels(Path(location))
    reader = YoloReader(classes.names, classes.has_keypoints)
    return LabelFiles(
        location, "YOLO", files, reader, absent_means_none=True, problems=classes.problems
    )


def label_files_below(folder: Path) -> dict[str, Path]:
    """List the text files below a folder that may hold labels."""
    files = files_below(folder, (".txt",))
    return {name: file for name, file in files.items() if file.stem not in CLASS_FILES}


def _root(file: Path, path: object) -> Path:
    """Return the folder that splits are relative to: as described, if it is there.

    Relative paths begin at the file: the current folder may hold the other side's set.
    """
    if isinstance(path, str):
        for candidate in (file.parent / path, Path(path)):
            if candidate.is_dir():
                return candidate
    return file.parent


def _entries(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _place_of(root: Path, beside: Path, entry: str) -> Path | None:
    # Sets exported by Roboflow say ../train/images and mean train/images.
    places = [root / entry, beside / entry, beside / entry.removeprefix("../")]
    return next((place for place in places if place.exists()), None)


def _images_at(place: Path, root: Path) -> tuple[list[Path], list[AnnotationProblem]]:
    """List the images of a folder, or of a text file that lists them, and what has no image."""
    if place.is_dir():
        below = sorted(place.rglob("*"))
        images = [path for path in below if is_image_name(path.name) and path.is_file()]
        return images, _labels_without_image(place, images)
    images, absent = [], []
    for number, line in enumerate(text_of(place).splitlines(), start=1):
        path = place.parent / line.strip()
        if not line.strip():
            continue
        if path.is_file() or (path := root / line.strip()).is_file():
            images.append(path)
        else:
            absent.append(AnnotationProblem(f"{place} line {number}", ABSENT))
    return images, absent


def _labels_without_image(folder: Path, images: Sequence[Path]) -> list[AnnotationProblem]:
    known = {stem_path(str(image.relative_to(folder))) for image in images}
    labels = label_files_below(label_folder(folder)) if images else {}
    return [
        AnnotationProblem(str(label), ABSENT) for name, label in labels.items() if name not in known
    ]


def _below(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()
