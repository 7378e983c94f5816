"""Detections of a FiftyOne view as the objects in its images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.images.annotations.records import (
    OBJECT,
    SHARE_OF_THE_IMAGE,
    AnnotatedImage,
    AnnotationProblem,
    ObjectAnnotation,
)
from twinscore.images.annotations.values import CORNERS_SWAPPED, MalformedError, box_of_size

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from twinscore.base.arrays import BoolArray
    from twinscore.images.annotations.records import Box


@dataclass(frozen=True, slots=True)
class MaskInBox:
    """The pixels of an object as FiftyOne keeps them: of its box, at a size of their own.

    Attributes
    ----------
    box
        In shares of the image.
    shape
        Rows and columns of the mask.
    pixels
        A byte each, 0 beside the object.
    """

    box: Box
    shape: tuple[int, int]
    pixels: bytes

    def drawn(self, width: int, height: int) -> BoolArray:
        """Draw the object in an image of this size, shape (height, width)."""
        mask = np.frombuffer(self.pixels, dtype=np.uint8).reshape(self.shape) != 0
        drawn = np.zeros((height, width), dtype=np.bool_)
        rows = _places(height, self.box.top, self.box.bottom, self.shape[0])
        columns = _places(width, self.box.left, self.box.right, self.shape[1])
        drawn[np.ix_(rows[0], columns[0])] = mask[np.ix_(rows[1], columns[1])]
        return drawn


class DetectionAnnotations:
    """The detections in a field of a view, by the files of its samples.

    Parameters
    ----------
    view
        Of a FiftyOne dataset.
    field
        Of type ``Detections``.

    Raises
    ------
    ValueError
        The view has no such field of detections.
    """

    format = "FiftyOne"
    is_by_stem = False
    absent_means_none = False
    problems: tuple[AnnotationProblem, ...] = ()

    def __init__(self, view: Any, field: str) -> None:
        self.location = f"FiftyOne field {field!r}"
        try:
            found = view.values(f"{field}.detections")
        except Exception as error:
            raise ValueError(f"expected a field of detections, got {field!r}: {error}") from error
        if any(detections is not None and not _is_list(detections) for detections in found):
            raise ValueError(f"expected a field of detections, got {field!r} of another type")
        # A sample without the field was not annotated; an empty list says that there are none.
        self._detections = {
            path: detections
            for path, detections in zip(view.values("filepath"), found, strict=True)
            if detections is not None
        }
        self.names: Sequence[str] = tuple(self._detections)

    def read(self, name: str) -> AnnotatedImage:
        """Read the detections of one image."""
        objects, problems = self._read(name)
        return AnnotatedImage(
            name,
            tuple(each for _, each in objects),
            SHARE_OF_THE_IMAGE,
            tuple(problems),
        )

    def places(self, name: str) -> list[int]:
        """Return the place of each object that `read` gives among the detections of its image."""
        return [place for place, _ in self._read(name)[0]]

    def count(self, name: str) -> int:
        """Return the number of detections of an image, those that cannot be read as well."""
        return len(self._detections.get(name, ()))

    def image_files(self) -> Sequence[Path]:
        """Return none: the samples of the view are the images."""
        return ()

    def _read(
        self, name: str
    ) -> tuple[list[tuple[int, ObjectAnnotation]], list[AnnotationProblem]]:
        objects: list[tuple[int, ObjectAnnotation]] = []
        problems: list[AnnotationProblem] = []
        for place, detection in enumerate(self._detections.get(name, ())):
            record = f"{name} detection {place + 1}"
            try:
                read, is_swapped = _object(name, detection, record)
            except MalformedError as error:
                problems.append(AnnotationProblem(record, str(error)))
                continue
            objects.append((place, read))
            if is_swapped:
                problems.append(AnnotationProblem(record, CORNERS_SWAPPED, is_lost=False))
        return objects, problems


def _object(image: str, detection: Any, record: str) -> tuple[ObjectAnnotation, bool]:
    values = detection.bounding_box
    box, is_swapped = box_of_size(list(values) if values is not None else values)
    label = detection.label
    named = OBJECT if label is None else str(label)
    is_region = bool(getattr(detection, "iscrowd", False))
    mask = _mask(detection, box)
    return ObjectAnnotation(image, named, box, mask, is_region, record), is_swapped


def _mask(detection: Any, box: Box) -> MaskInBox | None:
    """Return the mask, which may lie in a file of its own."""
    has_any = detection.mask is not None or getattr(detection, "mask_path", None) is not None
    if not has_any:
        return None
    given = detection.mask if detection.mask is not None else detection.get_mask()
    mask = np.asarray(given)
    if mask.ndim != 2 or not mask.size:
        raise MalformedError(f"expected a mask of rows and columns, got shape {mask.shape}")
    return MaskInBox(box, (mask.shape[0], mask.shape[1]), (mask != 0).astype(np.uint8).tobytes())


def _places(length: int, first: float, last: float, count: int) -> tuple[Any, Any]:
    """Return the pixels whose middles lie in a part of the image, and the mask's rows there."""
    middles = (np.arange(length) + 0.5) / length
    inside = np.flatnonzero((middles >= first) & (middles < last))
    shares = (middles[inside] - first) / (last - first)
    return inside, np.clip((shares * count).astype(np.int64), 0, count - 1)


def _is_list(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | bytes | dict)
