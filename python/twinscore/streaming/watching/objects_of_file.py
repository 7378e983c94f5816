"""What was found of the objects in one file, and under which names they count."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twinscore.images.views.settings import SCENES, VIEWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twinscore.base.saved_state import Fields
    from twinscore.images.views.found_objects import FoundObjects


@dataclass(frozen=True, slots=True)
class ObjectsOfFile:
    """The objects in a file that was looked at.

    Attributes
    ----------
    classes
        Objects by class, small ones as well.
    unannotated
        Images in it of whose objects nothing is known.
    problems
        (record, reason) of annotations that could not be taken as they are written.
    """

    classes: Mapping[str, int] = field(default_factory=dict)
    unannotated: int = 0
    problems: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, found: Sequence[FoundObjects]) -> ObjectsOfFile:
        """Add up what was found in the images of a file."""
        classes: dict[str, int] = {}
        for image in found:
            for each in image.objects:
                if not each.is_region:
                    name = sys.intern(each.class_name)
                    classes[name] = classes.get(name, 0) + 1
        return cls(
            classes,
            sum(not image.is_annotated for image in found),
            tuple((each.record, each.reason) for image in found for each in image.problems),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "classes": dict(self.classes),
            "unannotated": self.unannotated,
            "problems": self.problems,
        }

    @classmethod
    def from_json(cls, saved: Fields) -> ObjectsOfFile:
        """Read what `to_json` gave.

        Raises
        ------
        ValueError
            It is something else.
        """
        classes = saved.fields("classes")
        problems = saved.rows("problems", 2)
        if not all(isinstance(text, str) for pair in problems for text in pair):
            raise ValueError("'problems': expected pairs of texts")
        return cls(
            {sys.intern(name): classes.whole(name) for name in classes.values},
            saved.whole("unannotated"),
            tuple((record, reason) for record, reason in problems),
        )


def endings_of(file: str, names: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return by view, but for whole images, what names have after that of their file.

    They are few and come again in every file, so that millions take little memory.
    """
    return {
        view: tuple(sys.intern(name.removeprefix(file)) for name in of_view)
        for view, of_view in names.items()
        if view != SCENES and of_view
    }


def saved_endings(saved: Fields) -> dict[str, tuple[str, ...]]:
    """Read the endings of names by view.

    Raises
    ------
    ValueError
        They are something else.
    """
    strangers = [view for view in saved.values if view not in VIEWS]
    if strangers:
        raise ValueError(f"expected names of {', '.join(VIEWS)}, got {strangers[0]!r}")
    return {view: tuple(map(sys.intern, saved.texts(view))) for view in saved.values}
