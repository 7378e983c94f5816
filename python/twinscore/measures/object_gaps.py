"""How far the sides differ in what objects they show, where, how large and how many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.views.object_facts import OBJECT_FACTS, SIZE
from twinscore.measures.fact_gaps import FAMILY_ERROR, FactGap, fact_gaps
from twinscore.measures.multiple_tests import holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.images.views.object_facts import ObjectFacts

NUMBER = "number"
"""Of objects in an image."""

CLASS_SHARE = "class share"
"""Percent of the objects of an image."""

MOST_CLASSES = 20
"""Classes that are compared, those with the most objects."""

_NAMES = tuple(fact.name for fact in OBJECT_FACTS)


@dataclass(frozen=True, slots=True)
class ObjectGap:
    """One fact of objects on both sides.

    Attributes
    ----------
    fact
        One of `OBJECT_FACTS`, "number" or "class share".
    class_name
        Whose objects; None for those of all classes.
    real, synthetic
        The median of each side, and the mean; every image (or group) counts alike.
    separation, p_value
        As in `FactGap`.
    adjusted_p_value, beyond_chance
        Corrected for the number of all facts and classes (Holm 1979), and whether that is below
        0.05.
    """

    fact: str
    class_name: str | None
    real: tuple[float, float]
    synthetic: tuple[float, float]
    separation: float
    p_value: float
    adjusted_p_value: float
    beyond_chance: bool


def object_gaps(real: ObjectFacts, synthetic: ObjectFacts) -> tuple[ObjectGap, ...]:
    """Compare the objects of both sides.

    Parameters
    ----------
    real, synthetic
        What is known of them. Classes are compared without regard to capitals.

    Returns
    -------
    tuple of ObjectGap
        Of all objects, of the sizes of each class, and of images; the most different first.
        Facts that fewer than five images (or groups) of a side have are left out.
    """
    sides = (real, synthetic)
    classes = _classes(sides)
    objects = _Rows.of([side.table for side in sides], [side.units for side in sides])
    found = objects.gaps(_NAMES, None)
    of_class = [np.array([_folded(name) for name in side.classes]) for side in sides]
    named = np.concatenate(of_class) if objects.values.size else np.array([])
    for name in classes if len(classes) > 1 else ():
        kept = objects.rows(named == name)
        found += kept.sized(name)
    images = _Rows.of(
        [_image_values(side, classes) for side in sides], [side.image_units for side in sides]
    )
    found += images.gaps((NUMBER,), None)
    if len(classes) > 1:
        for place, name in enumerate(classes, start=1):
            found += images.columns([place]).gaps((CLASS_SHARE,), name)
    return _corrected(found)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Facts of objects or of images, of both sides."""

    values: npt.NDArray[np.float32]
    is_real: BoolArray
    units: IdArray

    @classmethod
    def of(cls, tables: Sequence[npt.NDArray[np.float32]], units: Sequence[Sequence[str]]) -> _Rows:
        # Units of one name on both sides are two.
        named = [f"{side} {unit}" for side, of_side in enumerate(units) for unit in of_side]
        codes = np.unique(np.array(named, dtype=str), return_inverse=True)[1]
        is_real = np.arange(len(named)) < len(units[0])
        return cls(np.concatenate(tables), is_real, codes.astype(np.int64))

    def rows(self, kept: BoolArray) -> _Rows:
        return _Rows(self.values[kept], self.is_real[kept], self.units[kept])

    def columns(self, places: list[int]) -> _Rows:
        return _Rows(self.values[:, places], self.is_real, self.units)

    def sized(self, class_name: str) -> list[ObjectGap]:
        return self.columns([_NAMES.index(SIZE)]).gaps((SIZE,), class_name)

    def gaps(self, names: Sequence[str], class_name: str | None) -> list[ObjectGap]:
        columns = self.columns(list(range(len(names))))
        told = fact_gaps(names, columns.values, self.is_real, self.units)
        means = {name: self._means(place) for place, name in enumerate(names)}
        return [_gap(gap, class_name, means[gap.fact]) for gap in told]

    def _means(self, place: int) -> tuple[float, float]:
        """Return the mean of each side, every unit counting alike."""
        column = self.values[:, place].astype(np.float64)
        known = ~np.isnan(column)
        units = np.unique(self.units[known], return_inverse=True)[1]
        weights = 1.0 / np.bincount(units)[units]
        sides = (self.is_real[known], ~self.is_real[known])
        real, synthetic = (
            float(np.average(column[known][side], weights=weights[side])) if side.any() else np.nan
            for side in sides
        )
        return real, synthetic


def _gap(gap: FactGap, class_name: str | None, means: tuple[float, float]) -> ObjectGap:
    return ObjectGap(
        gap.fact,
        class_name,
        (gap.real, means[0]),
        (gap.synthetic, means[1]),
        gap.separation,
        gap.p_value,
        gap.adjusted_p_value,
        gap.beyond_chance,
    )


def _corrected(found: Sequence[ObjectGap]) -> tuple[ObjectGap, ...]:
    adjusted = holm(np.array([gap.p_value for gap in found])).tolist()
    gaps = [
        ObjectGap(
            gap.fact,
            gap.class_name,
            gap.real,
            gap.synthetic,
            gap.separation,
            gap.p_value,
            value,
            value < FAMILY_ERROR,
        )
        for gap, value in zip(found, adjusted, strict=True)
    ]
    return tuple(sorted(gaps, key=lambda gap: (not gap.beyond_chance, -abs(gap.separation - 0.5))))


def _classes(sides: Sequence[ObjectFacts]) -> list[str]:
    counts = Counter(_folded(name) for side in sides for name in side.classes)
    return [name for name, _ in counts.most_common(MOST_CLASSES)]


def _image_values(side: ObjectFacts, classes: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return for each image the number of its objects, and what percent each class has of them."""
    values = np.full((len(side.image_units), 1 + len(classes)), np.nan, dtype=np.float32)
    for row, names in enumerate(side.classes_by_image()):
        values[row, 0] = len(names)
        counts = Counter(map(_folded, names))
        if names:
            values[row, 1:] = [100.0 * counts[name] / len(names) for name in classes]
    return values


def _folded(class_name: str) -> str:
    return class_name.strip().casefold()
