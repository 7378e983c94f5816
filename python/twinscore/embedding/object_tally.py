"""Objects of one side counted and measured, image by image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.embedding.object_counts import ObjectCounts
from twinscore.images.views.object_facts import ObjectFacts
from twinscore.images.views.settings import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twinscore.images.annotations.records import AnnotationProblem
    from twinscore.images.views.found_objects import FoundObjects
    from twinscore.images.views.settings import ViewSettings


class ObjectTally:
    """Adds up what was found in images that can be read.

    Parameters
    ----------
    format_name
        Of the annotations.
    images
        Of the side, readable or not.
    problems
        Of annotations that belong to no image.
    settings
        Which views are looked at.

    Attributes
    ----------
    counts
        Of objects.
    facts
        Of objects, small ones as well.
    """

    def __init__(
        self,
        format_name: str,
        images: int,
        problems: Iterable[AnnotationProblem],
        settings: ViewSettings,
    ) -> None:
        self.counts = ObjectCounts(format_name, images)
        self.counts.problems += problems
        self.facts = ObjectFacts()
        self._settings = settings

    def add(self, found: FoundObjects, unit: str) -> dict[int, int]:
        """Add one image of a group; return the row in `facts` of each object, by its number."""
        counts = self.counts
        counts.problems += found.problems
        if not found.is_annotated:
            counts.unannotated += 1
            return {}
        things = [each for each in found.objects if not each.is_region]
        first = len(self.facts.classes)
        self.facts.append(
            [each.class_name for each in things], [each.facts for each in things], unit
        )
        counts.regions += len(found.objects) - len(things)
        counts.without_objects += not things
        for each in things:
            counts.objects[each.class_name] = counts.objects.get(each.class_name, 0) + 1
            counts.masked += each.has_mask
            if each.box.longer_side < self._settings.smallest:
                counts.too_small += 1
            elif self._settings.without_background and not each.has_mask:
                counts.without_mask += 1
        counts.covered += ENVIRONMENT in self._settings.names and not found.has_environment
        return {each.number: first + row for row, each in enumerate(things)}
