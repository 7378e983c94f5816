"""What the places of objects tell, without a look at their pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import Fact

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    Fact("cut", "percent of the objects", "whether it touches the border of the image"),
)


@dataclass(slots=True)
class ObjectFacts:
    """Facts of all objects of one side, small ones as well.

    Attributes
    ----------
    values
        A row for each object, in the order of `OBJECT_FACTS`.
    classes, units
        Of each object: its class, and the group of its image, or the image itself.
    image_units, image_classes
        Of each annotated image: its unit, and the classes of its objects.
    """

    values: list[tuple[float, ...]] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    image_units: list[str] = field(default_factory=list)
    image_classes: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, objects: Sequence[SeenObject], size: tuple[int, int], unit: str) -> None:
        """Measure the objects of one image, of this width and height."""
        shared = _largest_overlaps([each.box for each in objects])
        for each, overlap in zip(objects, shared, strict=True):
            box, (width, height) = each.box, size
            self.values.append(
                (
                    float(box.longer_side),
                    100.0 * box.area / (width * height),
                    box.width / box.height,
                    50.0 * (box.left + box.right) / width,
                    50.0 * (box.top + box.bottom) / height,
                    overlap,
                    100.0 * each.is_cut,
                )
            )
            self.classes.append(each.class_name)
            self.units.append(unit)
        self.image_units.append(unit)
        self.image_classes.append(tuple(each.class_name for each in objects))

    @property
    def table(self) -> npt.NDArray[np.float32]:
        """The values, shape (n, number of facts)."""
        return np.array(self.values, dtype=np.float32).reshape(-1, len(OBJECT_FACTS))


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
