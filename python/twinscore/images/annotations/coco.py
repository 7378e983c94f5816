"""COCO: one JSON file of images, categories and annotations."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.json_parts import parse_json_in_parts
from twinscore.images.annotations.beside import images_named
from twinscore.images.annotations.masks import polygons_in, run_lengths_in
from twinscore.images.annotations.packed_records import PackedRecords
from twinscore.images.annotations.records import (
    OBJECT,
    AnnotatedImage,
    AnnotationProblem,
    ObjectAnnotation,
)
from twinscore.images.annotations.values import (
    CORNERS_SWAPPED,
    MalformedError,
    box_of_size,
    number_in,
    shortened,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twinscore.images.annotations.records import Box, ObjectMask


_KEYS = ("category_id", "bbox", "segmentation", "iscrowd")
"""What is read of an annotation besides its id and image."""


class CocoAnnotations:
    """The annotations in one COCO file; nothing in it that is malformed costs anything else.

    Parameters
    ----------
    location
        The file.

    Raises
    ------
    FileNotFoundError
        There is none.
    ValueError
        It is no COCO file.
    """

    format = "COCO"
    is_by_stem = False
    absent_means_none = False

    def __init__(self, location: str) -> None:
        self.location = location
        self._records = PackedRecords()
        self._sizes: dict[str, tuple[float, float] | None] = {}
        self._ids: dict[str, list[Any]] = {}
        self._classes: dict[Any, str] = {}
        self._problems: list[AnnotationProblem] = []
        self._seen: set[Any] = set()
        document = self._document()
        self._add_classes(document.get("categories"))
        self._add_images(document["images"])
        self._drop_of_absent_images()
        self._seen.clear()
        self.names = tuple(self._sizes)
        self.problems = tuple(self._problems)

    def read(self, name: str) -> AnnotatedImage:
        """Read the objects of an image."""
        objects: list[ObjectAnnotation] = []
        problems: list[AnnotationProblem] = []
        packed = chain.from_iterable(map(self._records.of, self._ids.get(name, ())))
        for identity, *values in packed:
            record = f"{self.location} annotation {identity}"
            try:
                read, notes = self._object(name, record, dict(zip(_KEYS, values, strict=True)))
            except MalformedError as error:
                problems.append(AnnotationProblem(record, str(error)))
            else:
                objects.append(read)
                problems += [AnnotationProblem(record, note, is_lost=False) for note in notes]
        return AnnotatedImage(name, tuple(objects), self._sizes[name], tuple(problems))

    def image_files(self) -> Sequence[Path]:
        """Find the images in the folders where they usually lie."""
        return images_named(self.names, Path(self.location))

    def _document(self) -> dict[str, Any]:
        """Read the file but for its annotations, which are packed one by one."""
        try:
            document = parse_json_in_parts(
                Path(self.location).read_bytes(), {"annotations": self._add_record}
            )
        except ValueError as error:
            raise ValueError(f"{self.location!r}: expected JSON, got {error}") from error
        if not isinstance(document, dict) or not isinstance(document.get("images"), list):
            raise ValueError(
                f"{self.location!r}: expected COCO annotations with a list of images, "
                f"got {_what_it_is(document)}"
            )
        return document

    def _add_classes(self, categories: object) -> None:
        for place, category in enumerate(_listed(categories)):
            if not isinstance(category, dict) or not _is_id(category.get("id")):
                self._note(f"category {place}", "expected an id and a name")
                continue
            identity, name = category["id"], category.get("name")
            class_name = str(identity if name in (None, "") else name)
            before = self._classes.setdefault(identity, class_name)
            if before != class_name:
                reason = f"its id is there twice: objects are {class_name!r}, not {before!r}"
                self._note(f"category {identity}", reason, False)
                self._classes[identity] = class_name

    def _add_images(self, images: object) -> None:
        names: dict[Any, str] = {}
        for place, image in enumerate(_listed(images)):
            record = f"image {place}"
            if not isinstance(image, dict) or not isinstance(image.get("file_name"), str):
                self._note(record, "expected a file_name")
                continue
            name, identity = image["file_name"], image.get("id")
            if name in self._sizes:
                self._note(record, f"{name!r} is there twice: its objects are put together", False)
            self._sizes.setdefault(name, _size(image))
            if not _is_id(identity):
                self._note(record, f"expected an id for {name!r}, got {shortened(identity)}")
            elif names.setdefault(identity, name) != name:
                taken = names[identity]
                self._note(record, f"{name!r} has the id {identity} of {taken!r}, and no objects")
                self._sizes.pop(name)
            elif identity not in self._ids.get(name, ()):
                self._ids.setdefault(name, []).append(identity)

    def _add_record(self, place: int, annotation: object) -> None:
        """Keep what is read of an annotation; called while images are not known yet."""
        if not isinstance(annotation, dict):
            self._note(f"annotation at {place}", f"expected a record, got {annotation!r:.40}")
            return
        identity = annotation.get("id", f"at {place}")
        record = f"annotation {identity}"
        if _is_id(identity) and identity in self._seen:
            self._note(record, "its id is there twice: both are kept", False)
        elif _is_id(identity):
            self._seen.add(identity)
        image = annotation.get("image_id")
        if _is_id(image):
            self._records.append(image, (identity, *map(annotation.get, _KEYS)))
        else:
            self._note(record, f"it is of image {shortened(image)}, which is not listed")

    def _drop_of_absent_images(self) -> None:
        listed = {image for ids in self._ids.values() for image in ids}
        for image in self._records.images():
            if image in listed:
                continue
            for identity, *_ in self._records.of(image):
                reason = f"it is of image {shortened(image)}, which is not listed"
                self._note(f"annotation {identity}", reason)
            self._records.drop(image)

    def _object(
        self, image: str, record: str, value: Mapping[str, Any]
    ) -> tuple[ObjectAnnotation, list[str]]:
        notes = []
        category = value.get("category_id")
        class_name = OBJECT
        if category is not None:
            if not _is_id(category) or (self._classes and category not in self._classes):
                raise MalformedError(f"its category {shortened(category)} is not listed")
            class_name = self._classes.get(category, str(category))
        box, mask = None, None
        try:
            mask, box = _mask(value.get("segmentation"), self._sizes[image])
        except MalformedError as error:
            notes.append(f"left without its mask: {error}")
        if value.get("bbox") not in (None, []):
            try:
                box, is_swapped = box_of_size(value["bbox"])
            except MalformedError as error:
                if box is None:
                    raise
                notes.append(f"its box is that of its mask: {error}")
            else:
                notes += [CORNERS_SWAPPED] if is_swapped else []
        if box is None:
            raise MalformedError("it has neither box nor mask")
        is_region = value.get("iscrowd") in (1, True)
        return ObjectAnnotation(image, class_name, box, mask, is_region, record), notes

    def _note(self, where: str, reason: str, is_lost: bool = True) -> None:
        self._problems.append(AnnotationProblem(f"{self.location} {where}", reason, is_lost))


def _what_it_is(document: object) -> str:
    if isinstance(document, dict):
        return f"the keys {', '.join(map(str, list(document)[:6]))}" if document else "no keys"
    return f"a {'list' if isinstance(document, list) else type(document).__name__}"


def _mask(
    segmentation: object, size: tuple[float, float] | None
) -> tuple[ObjectMask | None, Box | None]:
    """Read a mask of an image of this size, and the box around it, if there is one."""
    if not segmentation:
        return None, None
    if isinstance(segmentation, dict):
        runs = run_lengths_in(segmentation)
        if size not in (None, (runs.width, runs.height)):
            raise MalformedError(f"it is of an image of {runs.width} x {runs.height}")
        return runs, runs.box
    if isinstance(segmentation, list):
        polygons = polygons_in(segmentation)
        return polygons, polygons.box
    raise MalformedError(f"expected polygons or run lengths, got {shortened(segmentation)}")


def _size(image: Mapping[str, Any]) -> tuple[float, float] | None:
    try:
        width, height = (number_in(image.get(side), side) for side in ("width", "height"))
    except MalformedError:
        return None
    return (width, height) if width > 0 and height > 0 else None


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_id(value: object) -> bool:
    """Tell whether a value may be an id; tables of numbers write whole ones as 7.0, which is 7."""
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int | str) and not isinstance(value, bool)
