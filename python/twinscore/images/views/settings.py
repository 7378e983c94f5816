"""Which views of annotated images are looked at, and how objects are cut out."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from twinscore.base.counts import checked_count
from twinscore.base.errors import SettingError

ITEMS = "items"
IN_PLACE = "in-place"
ENVIRONMENT = "environment"
SCENES = "scenes"

VIEWS = (ITEMS, IN_PLACE, ENVIRONMENT, SCENES)
DEFAULT_VIEWS = (ITEMS, ENVIRONMENT, SCENES)
OF_OBJECTS = (ITEMS, IN_PLACE)
"""Views in which every object is an image of its own."""

DEFAULT_MARGIN = 0.15
"""Of grey on each side, as a share of the object's longer side: the network cuts off the outermost
sixteenth of a picture, which is to cost nothing of the object."""

DEFAULT_SMALLEST = 16
"""Pixels of the longer side; smaller objects show no more than their colour."""


CUT_FIELDS = ("margin", "smallest", "without_background")
"""What says how objects are cut out, whichever views are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSettings:
    """How annotated images are looked at, on both sides alike.

    Attributes
    ----------
    names
        Some of `VIEWS`: "items", each object's box by itself in a grey square; "in-place", each
        with as much of its surroundings again; "environment", the image with its objects covered;
        "scenes", the whole image.
    margin
        Around an item on each side, as a share of its longer side.
    smallest
        Pixels of the longer side of the smallest objects that are looked at.
    without_background
        Whether the pixels of a box beside the object's mask are grey as well; objects without a
        mask are then left out.
    real_objects, synthetic_objects
        Annotations of a side: a path, or what `open_annotations` returned; None where the side is
        itself a file of annotations.

    Raises
    ------
    ValueError, TypeError
        For what cannot be meant.
    """

    names: tuple[str, ...] = DEFAULT_VIEWS
    margin: float = DEFAULT_MARGIN
    smallest: int = DEFAULT_SMALLEST
    without_background: bool = False
    real_objects: Any = None
    synthetic_objects: Any = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        given: Any = self.names
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise TypeError(f"expected a list of views, got {given!r}")
        names = tuple(given)
        unknown = [name for name in names if name not in VIEWS]
        if unknown or not names:
            got = repr(unknown[0]) if unknown else "none"
            raise SettingError(f"expected views of {', '.join(VIEWS)}, got {got}")
        # Shown in one order, however they were named.
        object.__setattr__(self, "names", tuple(name for name in VIEWS if name in names))
        # Plain numbers: those of numpy are none in JSON.
        object.__setattr__(self, "smallest", checked_count(self.smallest, "smallest object"))
        margin: Any = self.margin
        if isinstance(margin, bool) or not isinstance(margin, Real):
            raise TypeError(f"expected a margin of objects as a number, got {margin!r}")
        without: Any = self.without_background
        if not isinstance(without, bool | np.bool_):
            raise TypeError(f"expected without_background as True or False, got {without!r}")
        share = float(margin)
        if not (math.isfinite(share) and 0.0 <= share <= 2.0):
            raise SettingError(f"expected a margin of objects from 0 to 2, got {share}")
        object.__setattr__(self, "margin", share)
        object.__setattr__(self, "without_background", bool(without))

    def __str__(self) -> str:
        return f"views {','.join(self.names)} with {self.cut_in_words()}"

    def cuts_as(self, other: ViewSettings) -> bool:
        """Tell whether objects are cut out alike, whichever views are named."""
        return self.cut_to_dict() == other.cut_to_dict()

    def cut_in_words(self) -> str:
        """Say how objects are cut out."""
        background = "without" if self.without_background else "with"
        return (
            f"margin {self.margin:g}, objects of at least {self.smallest} pixels, "
            f"{background} background"
        )

    def cut_to_dict(self) -> dict[str, Any]:
        """Return how objects are cut out as JSON types."""
        return {name: getattr(self, name) for name in CUT_FIELDS}

    def annotations_of(self, side: str) -> Any:
        """Return the annotations of "real" or "synthetic", as they were given."""
        return self.real_objects if side == "real" else self.synthetic_objects

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON types; None for annotations that only this process has."""
        return {
            "names": list(self.names),
            **self.cut_to_dict(),
            "real_objects": _path_in(self.real_objects),
            "synthetic_objects": _path_in(self.synthetic_objects),
        }


def _path_in(value: Any) -> str | None:
    return os.fspath(value) if isinstance(value, str | os.PathLike) else None
