"""What objects tell beside what they look like: how large, where, how hidden, how plain."""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from twinscore.images.annotations.placement import PixelBox, SeenObject

SIZE = "size"

OBJECT_FACTS = (
    Fact(SIZE, "pixels", "the longer side"),
    Fact("share", "percent of the image", "area of the box"),
    Fact("aspect", "times as wide as high", "width over height"),
    Fact("across", "percent of the width", "where the middle lies, from the left"),
    Fact("down", "percent of the height", "where the middle lies, from the top"),
    Fact("overlap", "percent of the box", "the most that another object shares of it"),
    Fact("stand-out", "levels of 255", "brightness of the box against a ring around it"),
    Fact("cut", "percent of the objects", "whether it touches the border of the image"),
)

OBJECT_FACT_NAMES = tuple(fact.name for fact in OBJECT_FACTS)


class ObjectFacts:
    """Facts of all objects of one side, small ones as well.

    Attributes
    ----------
    classes, units
        Of each object: its class, and the group of its image, or the image itself.
    image_units
        Of each annotated image: its unit.
    """

    def __init__(self) -> None:
        self.classes: list[str] = []
        self.units: list[str] = []
        self.image_units: list[str] = []
        self._values = array("f")
        self._ends = array("q")

    def append(self, classes: Sequence[str], rows: Sequence[Sequence[float]], unit: str) -> None:
        """Keep what was measured of the objects of one image, a row each."""
        for class_name, row in zip(classes, rows, strict=True):
            self._values.extend(row)
            # One text for all objects of a class.
            self.classes.append(sys.intern(class_name))
            self.units.append(unit)
        self.image_units.append(unit)
        self._ends.append(len(self.classes))

    @property
    def table(self) -> npt.NDArray[np.float32]:
        """A row for each object, in the order of `OBJECT_FACTS`; shape (n, number of facts)."""
        return np.array(self._values, dtype=np.float32).reshape(-1, len(OBJECT_FACTS))

    def classes_by_image(self) -> Iterator[list[str]]:
        """Iterate over annotated images: the classes of the objects of each."""
        start = 0
        for end in self._ends:
            yield self.classes[start:end]
            start = end


def measured_objects(
    objects: Sequence[SeenObject], size: tuple[int, int], contrasts: Sequence[float]
) -> list[tuple[float, ...]]:
    """Measure the objects of one image, a row each in the order of `OBJECT_FACTS`.

    Parameters
    ----------
    objects
        Of the image.
    size
        Its width and height.
    contrasts
        What `contrasts` found of each.
    """
    (width, height) = size
    shared = _largest_overlaps([each.box for each in objects])
    return [
        (
            float(each.box.longer_side),
            100.0 * each.box.area / (width * height),
            each.box.width / each.box.height,
            50.0 * (each.box.left + each.box.right) / width,
            50.0 * (each.box.top + each.box.bottom) / height,
            overlap,
            contrast,
            100.0 * each.is_cut,
        )
        for each, overlap, contrast in zip(objects, shared, contrasts, strict=True)
    ]


def _largest_overlaps(boxes: Sequence[PixelBox]) -> list[float]:
    """Return for each box the largest part of it, in percent, that another one covers."""
    if not boxes:
        return []
    edges = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], dtype=float)
    overlaps = np.empty(len(boxes))
    for place, (left, top, right, bottom) in enumerate(edges):
        # A row at a time: thousands of objects would else be millions of pairs at once.
        width = np.minimum(edges[:, 2], right) - np.maximum(edges[:, 0], left)
        height = np.minimum(edges[:, 3], bottom) - np.maximum(edges[:, 1], top)
        shared = np.clip(width, 0.0, None) * np.clip(height, 0.0, None)
        shared[place] = 0.0
        overlaps[place] = shared.max() / ((right - left) * (bottom - top))
    return [float(value) for value in 100.0 * overlaps]
