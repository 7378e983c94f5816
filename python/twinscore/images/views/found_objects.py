"""What was found of the objects of one image: enough to count and compare them without it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.base.json_text import parse_json
from twinscore.base.saved_state import Fields
from twinscore.images.annotations.placement import PixelBox
from twinscore.images.annotations.records import AnnotationProblem
from twinscore.images.views.object_facts import OBJECT_FACTS, measured_objects
from twinscore.images.views.settings import ENVIRONMENT

if TYPE_CHECKING:
    from twinscore.images.views.cutting import CutImage
    from twinscore.images.views.settings import ViewSettings

_DIGITS = 9
"""Of a fact: as many as bring back its float32."""

_WIDTH = 9
"""Values that are written of an object before its facts."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """One object in its image.

    Attributes
    ----------
    number, class_name, box, is_region
        As in `SeenObject`.
    has_mask
        Whether its pixels are known.
    facts
        In the order of `OBJECT_FACTS`; none of a region.
    """

    number: int
    class_name: str
    box: PixelBox
    is_region: bool
    has_mask: bool
    facts: tuple[float, ...]

    def is_looked_at(self, settings: ViewSettings) -> bool:
        """Tell whether there is a picture of it in views of objects."""
        if self.is_region or self.box.longer_side < settings.smallest:
            return False
        return self.has_mask or not settings.without_background


@dataclass(frozen=True, slots=True)
class FoundObjects:
    """What was found of the objects of an image that can be read.

    Attributes
    ----------
    is_annotated
        Whether anything is known of its objects, be it that there are none.
    has_environment
        Whether enough of it is beside its objects; False where that was not asked.
    objects
        All of them, small ones and regions too.
    problems
        What was wrong with their annotations.
    """

    is_annotated: bool
    has_environment: bool
    objects: tuple[FoundObject, ...]
    problems: tuple[AnnotationProblem, ...]

    def to_json(self) -> str:
        """Return one line that `found_in_json` reads."""
        objects = [
            [
                each.number,
                each.class_name,
                *(each.box.left, each.box.top, each.box.right, each.box.bottom),
                int(each.is_region),
                int(each.has_mask),
                [None if math.isnan(value) else _short(value) for value in each.facts],
            ]
            for each in self.objects
        ]
        problems = [[each.record, each.reason, int(each.is_lost)] for each in self.problems]
        fields = {
            "annotated": self.is_annotated,
            "environment": self.has_environment,
            "objects": objects,
            "problems": problems,
        }
        return json.dumps(fields, separators=(",", ":"))


def found_in(image: CutImage) -> FoundObjects:
    """Measure the objects of an image that was cut."""
    assert image.size is not None
    things = [each for each in image.objects if not each.is_region]
    stand_out = dict(zip((each.number for each in image.objects), image.contrasts, strict=True))
    rows = measured_objects(things, image.size, [stand_out[each.number] for each in things])
    facts = {each.number: row for each, row in zip(things, rows, strict=True)}
    objects = tuple(
        FoundObject(
            each.number,
            each.class_name,
            each.box,
            each.is_region,
            each.mask is not None,
            facts.get(each.number, ()),
        )
        for each in image.objects
    )
    has_environment = any(piece.view == ENVIRONMENT for piece in image.pieces)
    return FoundObjects(image.is_annotated, has_environment, objects, image.problems)


def found_in_json(text: str) -> FoundObjects:
    """Read what `to_json` wrote.

    Raises
    ------
    ValueError
        It is something else.
    """
    fields = Fields(parse_json(text))
    objects = tuple(map(_object_in, fields.rows("objects", _WIDTH)))
    problems = tuple(
        AnnotationProblem(str(record), str(reason), bool(is_lost))
        for record, reason, is_lost in fields.rows("problems", 3)
    )
    return FoundObjects(fields.flag("annotated"), fields.flag("environment"), objects, problems)


def _object_in(row: list[Any]) -> FoundObject:
    number, class_name, *edges, is_region, has_mask, facts = row
    if not all(isinstance(value, int) for value in (number, *edges, is_region, has_mask)):
        raise ValueError(f"expected whole numbers of an object, got {row[:-1]}")
    width = 0 if is_region else len(OBJECT_FACTS)
    if not isinstance(facts, list) or len(facts) != width:
        raise ValueError(f"expected {width} facts of an object, got {facts}")
    values = tuple(math.nan if value is None else float(value) for value in facts)
    box = PixelBox(*edges)
    return FoundObject(number, str(class_name), box, bool(is_region), bool(has_mask), values)


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
