"""Masks of objects: polygons and run lengths, drawn by COCO's own library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.extras import require
from twinscore.images.annotations.clipped_outline import clipped
from twinscore.images.annotations.values import MalformedError, box_around, number_in, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twinscore.base.arrays import BoolArray
    from twinscore.images.annotations.records import Box

FEWEST_COORDINATES = 6
"""Of a polygon: three points."""

_MOST_BITS = 40
"""Of a count: more than an image has pixels."""


@dataclass(frozen=True, slots=True)
class Polygons:
    """An object whose outline is drawn: one polygon, or several parts of it.

    Attributes
    ----------
    parts
        Each x and y in turn, in pixels, or in shares of the image.
    is_relative
        Whether they are shares of width and height.
    """

    parts: tuple[tuple[float, ...], ...]
    is_relative: bool = False

    @property
    def box(self) -> Box:
        """The box around all parts."""
        xs = [x for part in self.parts for x in part[::2]]
        ys = [y for part in self.parts for y in part[1::2]]
        return box_around(xs, ys)

    def drawn(self, width: int, height: int) -> BoolArray:
        """Draw the parts, as COCO does."""
        scale = (width, height) if self.is_relative else (1, 1)
        scaled = (
            [value * scale[place % 2] for place, value in enumerate(part)] for part in self.parts
        )
        near = (clipped(part, width, height) for part in scaled)
        parts = [part for part in near if len(part) >= FEWEST_COORDINATES]
        if not parts:
            return np.zeros((height, width), dtype=bool)
        drawing = _drawing()
        runs = drawing.merge(drawing.frPyObjects(parts, height, width))
        # Its own decoder warns with current versions of NumPy.
        return run_lengths_in(runs).drawn(width, height)


@dataclass(frozen=True, slots=True)
class RunLengths:
    """An object whose pixels are counted, column by column: off, on, off, ...

    Attributes
    ----------
    width, height
        Of the image.
    counts
        How many pixels follow each other.
    """

    width: int
    height: int
    counts: tuple[int, ...]

    @property
    def box(self) -> Box:
        """The box around all pixels.

        Raises
        ------
        MalformedError
            There are none.
        """
        ends = np.cumsum(np.array(self.counts, dtype=np.int64))
        starts, stops = ends[:-1:2], ends[1::2]
        used = starts[: len(stops)] < stops
        starts, stops = starts[: len(stops)][used], stops[used]
        if not len(starts):
            raise MalformedError("the mask is empty")
        columns = starts // self.height, (stops - 1) // self.height
        within_one = columns[0] == columns[1]
        tops = np.where(within_one, starts % self.height, 0)
        bottoms = np.where(within_one, (stops - 1) % self.height + 1, self.height)
        # A run into another column reaches the lower edge of the one and the upper of the other.
        return box_around(
            [float(columns[0].min()), float(columns[1].max() + 1)],
            [float(tops.min()), float(bottoms.max())],
        )

    def drawn(self, width: int, height: int) -> BoolArray:
        """Return the pixels."""
        if (width, height) != (self.width, self.height):
            raise ValueError(
                f"the mask is {self.width} x {self.height}, its image {width} x {height}"
            )
        values = np.arange(len(self.counts)) % 2 == 1
        counts = np.array(self.counts, dtype=np.int64)
        columns = np.repeat(values, counts).reshape(width, height)
        # Rows that are far apart in memory are slow to write: the object's columns alone are.
        before, behind = counts[0], counts[-1] if len(counts) % 2 else 0
        first, last = int(before) // height, width - int(behind) // height
        drawn = np.zeros((height, width), dtype=bool)
        drawn[:, first:last] = columns[first:last].T
        return drawn


def polygons_in(values: Sequence[object], *, is_relative: bool = False) -> Polygons:
    """Read polygons.

    Parameters
    ----------
    values
        One list of coordinates each.
    is_relative
        See `Polygons`.

    Raises
    ------
    MalformedError
        One is no polygon.
    """
    return Polygons(tuple(map(_coordinates, values)), is_relative)


def run_lengths_in(value: Mapping[str, Any]) -> RunLengths:
    """Read COCO's run lengths, as a list or as compressed text.

    Raises
    ------
    MalformedError
        They are damaged, or do not fill the image they claim.
    MissingExtraError
        They are compressed, and pycocotools is not installed.
    """
    size, counts = value.get("size"), value.get("counts")
    if not (isinstance(size, list | tuple) and len(size) == 2):
        raise MalformedError(f"expected a mask with a size of 2 numbers, got {shortened(size)}")
    height, width = (int(number_in(side, "the size of a mask")) for side in size)
    if isinstance(counts, str | bytes):
        counts = _uncompressed(counts)
    if not isinstance(counts, list | tuple):
        raise MalformedError(f"expected a mask with counts, got {shortened(counts)}")
    runs = tuple(int(number_in(count, "a count of a mask")) for count in counts)
    if height * width >= 1 << _MOST_BITS:
        raise MalformedError("the mask is larger than any image")
    if not (min(height, width, *runs) >= 0 and 0 < height * width == sum(runs)):
        raise MalformedError(f"the mask does not fill {width} x {height} pixels")
    return RunLengths(width, height, runs)


def _coordinates(value: object) -> tuple[float, ...]:
    if not isinstance(value, list | tuple):
        raise MalformedError(f"expected a polygon of numbers, got {shortened(value)}")
    if len(value) < FEWEST_COORDINATES or len(value) % 2:
        raise MalformedError(f"expected a polygon of at least 3 points, got {len(value)} numbers")
    return tuple(number_in(coordinate, "a polygon") for coordinate in value)


def _uncompressed(text: str | bytes) -> list[int]:
    """Read run lengths written as six bits a character, the third on as differences.

    COCO's own reader takes some damaged text for a mask: of 6 characters it makes 6,009 pixels of
    an image that has 100.
    """
    encoded = text.encode("ascii", "replace") if isinstance(text, str) else text
    counts: list[int] = []
    value = shift = 0
    for byte in encoded:
        bits = byte - 48
        if not 0 <= bits < 64:
            raise MalformedError("the text of the mask is damaged")
        value |= (bits & 0x1F) << shift
        shift += 5
        if shift > _MOST_BITS:
            raise MalformedError("the text of the mask is damaged")
        if bits & 0x20:
            continue
        if bits & 0x10:
            value -= 1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        value = shift = 0
    return counts


def _drawing() -> Any:
    return require("pycocotools.mask", extra="objects", purpose="drawing masks of objects")
