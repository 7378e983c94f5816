"""What people, tools or renderers wrote down of the objects in an image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from twinscore.base.arrays import BoolArray

OBJECT = "object"
"""The class of what has none."""

SHARE_OF_THE_IMAGE = (1.0, 1.0)
"""The size of an image whose annotations are shares of its width and height."""


@dataclass(frozen=True, slots=True)
class Box:
    """Edges of an object in its image, in pixels from the upper left corner.

    The pixel in that corner reaches from 0 to 1: a box of the whole image is (0, 0, width, height).
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels from the left edge to the right one."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels from the upper edge to the lower one."""
        return self.bottom - self.top

    @property
    def is_finite(self) -> bool:
        """Whether all four edges are numbers."""
        return all(map(math.isfinite, (self.left, self.top, self.right, self.bottom)))


class ObjectMask(Protocol):
    """The pixels of an object, drawn when they are asked for; small and picklable until then."""

    def drawn(self, width: int, height: int) -> BoolArray:
        """Draw the object in an image of this size.

        Returns
        -------
        ndarray of shape (height, width), bool

        Raises
        ------
        ValueError
            It cannot be drawn, or is of an image of another size; the message is the reason.
        """


@dataclass(frozen=True, slots=True)
class ObjectAnnotation:
    """One object, in the pixels of the image that was annotated.

    Attributes
    ----------
    image
        What the annotations call its image.
    class_name
        As it is written there; `OBJECT` where there are no classes.
    box
        Its edges.
    mask
        Its pixels; None where only a box is known.
    is_region
        Whether it stands for a part of the image in which objects were not told apart, such as a
        crowd: no object by itself.
    record
        Where it stands: a file with a line, an id or a place.
    """

    image: str
    class_name: str
    box: Box
    mask: ObjectMask | None = None
    is_region: bool = False
    record: str = ""


@dataclass(frozen=True, slots=True)
class AnnotationProblem:
    """An annotation that cannot be taken as it is written.

    Attributes
    ----------
    record
        Where it stands.
    reason
        What is wrong, and what was made of it, in a few words.
    is_lost
        Whether the object was left out; else it was mended.
    """

    record: str
    reason: str
    is_lost: bool = True


@dataclass(frozen=True, slots=True)
class AnnotatedImage:
    """What was written down of one image.

    Attributes
    ----------
    name
        What the annotations call it.
    objects
        In the order in which they are written.
    size
        Width and height of the image that was annotated; `SHARE_OF_THE_IMAGE` where boxes are
        shares of them; None where that is not said.
    problems
        What could not be taken as it is written.
    is_known
        Whether its objects could be read at all, be it that there are none.
    """

    name: str
    objects: tuple[ObjectAnnotation, ...] = ()
    size: tuple[float, float] | None = None
    problems: tuple[AnnotationProblem, ...] = ()
    is_known: bool = True


@runtime_checkable
class AnnotationSet(Protocol):
    """The annotations of many images; those of one are read when its turn comes, in any thread."""

    @property
    def location(self) -> str:
        """Where it lies, as it was typed."""

    @property
    def format(self) -> str:
        """Such as "COCO"."""

    @property
    def names(self) -> Sequence[str]:
        """What the images are called, in a deterministic order."""

    @property
    def is_by_stem(self) -> bool:
        """Whether names lack the endings of images."""

    @property
    def absent_means_none(self) -> bool:
        """Whether an image that is not named has no objects; else nothing is known of it."""

    @property
    def problems(self) -> tuple[AnnotationProblem, ...]:
        """What belongs to no single image."""

    def read(self, name: str) -> AnnotatedImage:
        """Read what is written of one image; what cannot be is among its problems."""

    def image_files(self) -> Sequence[Path]:
        """Find the images, where they lie beside the annotations; as many as there are."""
