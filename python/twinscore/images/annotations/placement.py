"""From annotations to objects where a person sees them: in whole pixels of the upright image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.annotations.records import (
    SHARE_OF_THE_IMAGE,
    AnnotationProblem,
    Box,
    ObjectAnnotation,
)
from twinscore.images.sources.endings import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.base.arrays import BoolArray
    from twinscore.images.annotations.records import AnnotatedImage, ObjectMask

Size = tuple[int, int]

SAME_SHAPE = 0.01
"""Widths and heights of one image at two sizes have the same ratio, up to this."""

_DECIMALS = 2
"""Edges are rounded to these before they are to whole pixels, so that those written in shares of
an image, to six decimals, come to the same pixel as those written in pixels."""

_MOST_PIXELS = 1 << 28
"""Of an image that was annotated at another size; masks are drawn at that."""

_NEAR = 2.0
"""Pixels beyond the border of an image to which edges are kept."""

_QUARTER_TURNS = (5, 6, 7, 8)
"""Orientations in EXIF that exchange width and height."""


@dataclass(frozen=True, slots=True)
class PixelBox:
    """An object's pixels: columns from left to below right, rows from top to below bottom."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def longer_side(self) -> int:
        """Pixels of the longer side."""
        return max(self.width, self.height)

    @property
    def area(self) -> int:
        """Pixels."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class SeenMask:
    """The mask of an object, and how the image that was annotated became the one that is seen.

    Attributes
    ----------
    mask
        In the pixels of the image that was annotated.
    annotated, seen
        Width and height of the two.
    orientation
        Of EXIF, by which the one is turned to become the other.
    """

    mask: ObjectMask
    annotated: Size
    seen: Size
    orientation: int = 1

    def drawn(self) -> BoolArray:
        """Draw it in the image that is seen; shape (height, width). Raises as `ObjectMask`."""
        width, height = self.annotated
        if width * height > max(_MOST_PIXELS, self.seen[0] * self.seen[1]):
            raise ValueError(f"the mask is of an image of {width} x {height}, too large to draw")
        drawn = _turned_mask(self.mask.drawn(*self.annotated), self.orientation)
        height, width = drawn.shape
        if (width, height) == self.seen:
            return drawn
        rows = np.arange(self.seen[1]) * height // self.seen[1]
        columns = np.arange(self.seen[0]) * width // self.seen[0]
        return drawn[np.ix_(rows, columns)]


@dataclass(frozen=True, slots=True)
class SeenObject:
    """An object where a person sees it.

    Attributes
    ----------
    number
        Its place among the annotations of its image, counted from 1.
    class_name
        As annotated.
    box
        Within the image, at least one pixel.
    mask
        None where only a box is known.
    is_region
        As in `ObjectAnnotation`.
    is_cut
        Whether it touches the border of the image, which may hide a part of it.
    record
        Where its annotation stands.
    """

    number: int
    class_name: str
    box: PixelBox
    mask: SeenMask | None
    is_region: bool
    is_cut: bool
    record: str


def place_objects(
    annotated: AnnotatedImage, seen: Size, orientation: Callable[[], int]
) -> tuple[list[SeenObject] | None, list[AnnotationProblem]]:
    """Find objects in their image as it is seen.

    Annotations say of which size the image was. Where that is the size before it was turned
    upright, they are turned as well; where it is the same image at another size, they are scaled.

    Parameters
    ----------
    annotated
        As it was read.
    seen
        Width and height of the upright image.
    orientation
        Finds out the orientation in the image's EXIF, 1 to 8.

    Returns
    -------
    objects : list of SeenObject or None
        In the order of the annotations, less those that lie outside, or are there twice; None
        where nothing is known of them, because what was annotated is another image.
    problems : list of AnnotationProblem
        Those of the annotations, and what was found here.
    """
    problems = list(annotated.problems)
    try:
        frame = _frame_of(annotated, seen, orientation)
    except _OtherImageError as error:
        lost = counted(len(annotated.objects), "object")
        if annotated.objects:
            problems.append(
                AnnotationProblem(annotated.objects[0].record, f"{error}: {lost} left out")
            )
        return None if annotated.objects else [], problems
    if not annotated.is_known:
        return None, problems
    if frame.is_scaled and annotated.objects:
        width, height = frame.annotated
        note = f"annotated at {width} x {height}, its image is {seen[0]} x {seen[1]}: scaled"
        problems.append(AnnotationProblem(annotated.objects[0].record, note, is_lost=False))
    objects: list[SeenObject] = []
    known: set[object] = set()
    for number, each in enumerate(annotated.objects, start=1):
        identity = (each.class_name, each.box, each.mask, each.is_region)
        box = frame.pixels(each.box)
        if identity in known:
            problems.append(AnnotationProblem(each.record, "the same object is there twice"))
        elif box is None:
            reason = f"it lies outside its image of {seen[0]} x {seen[1]} pixels"
            problems.append(AnnotationProblem(each.record, reason))
        else:
            known.add(identity)
            objects.append(frame.seen_object(number, each, box))
    return objects, problems


class _OtherImageError(ValueError):
    """What was annotated is another image."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """From the image that was annotated to the one that is seen."""

    annotated: Size
    seen: Size
    scale: tuple[float, float] = (1.0, 1.0)
    orientation: int = 1
    is_scaled: bool = False

    def pixels(self, box: Box) -> PixelBox | None:
        """Return the whole pixels of a box, within the image; None where it lies outside."""
        turned = _turned_box(box, self.annotated, self.orientation)
        width, height = self.seen
        left, right = _whole(turned.left * self.scale[0], turned.right * self.scale[0], width)
        top, bottom = _whole(turned.top * self.scale[1], turned.bottom * self.scale[1], height)
        inside = PixelBox(max(left, 0), max(top, 0), min(right, width), min(bottom, height))
        return inside if inside.width > 0 and inside.height > 0 else None

    def seen_object(self, number: int, each: ObjectAnnotation, box: PixelBox) -> SeenObject:
        width, height = self.seen
        mask = None
        if each.mask is not None:
            mask = SeenMask(each.mask, self.annotated, self.seen, self.orientation)
        is_cut = min(box.left, box.top) <= 0 or box.right >= width or box.bottom >= height
        return SeenObject(number, each.class_name, box, mask, each.is_region, is_cut, each.record)


def _frame_of(annotated: AnnotatedImage, seen: Size, orientation: Callable[[], int]) -> _Frame:
    width, height = seen
    if annotated.size == SHARE_OF_THE_IMAGE:
        return _Frame(seen, seen, (float(width), float(height)))
    if annotated.size is None or annotated.size == seen:
        return _Frame(seen, seen)
    size = (round(annotated.size[0]), round(annotated.size[1]))
    if size == (height, width) and (turn := orientation()) in _QUARTER_TURNS:
        return _Frame(size, seen, orientation=turn)
    scale = (width / annotated.size[0], height / annotated.size[1])
    if abs(scale[0] / scale[1] - 1.0) > SAME_SHAPE:
        raise _OtherImageError(
            f"annotated at {size[0]} x {size[1]}, its image is {width} x {height}"
        )
    return _Frame(size, seen, scale, is_scaled=True)


def _whole(low: float, high: float, size: int) -> tuple[int, int]:
    """Round two edges to pixels; what is thinner than a pixel takes the one in which it lies."""
    # Edges far out of the image need not be numbers any more once they are scaled.
    low, high = (min(max(edge, -_NEAR), size + _NEAR) for edge in (low, high))
    first, last = (math.floor(round(edge, _DECIMALS) + 0.5) for edge in (low, high))
    return (first, last) if last > first else (math.floor(low), math.floor(low) + 1)


def _turned_box(box: Box, size: Size, orientation: int) -> Box:
    """Turn a box as an image of this size is turned upright."""
    width, height = size
    if orientation == 5:
        return Box(box.top, box.left, box.bottom, box.right)
    if orientation == 6:
        return Box(height - box.bottom, box.left, height - box.top, box.right)
    if orientation == 7:
        return Box(height - box.bottom, width - box.right, height - box.top, width - box.left)
    if orientation == 8:
        return Box(box.top, width - box.right, box.bottom, width - box.left)
    return box


def _turned_mask(mask: BoolArray, orientation: int) -> BoolArray:
    if orientation == 5:
        return mask.T
    if orientation == 6:
        return np.rot90(mask, -1)
    if orientation == 7:
        return np.rot90(mask, 2).T
    return np.rot90(mask) if orientation == 8 else mask
