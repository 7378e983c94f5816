"""Views of annotated images in words: a row each, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.images.views.settings import OF_OBJECTS
from twinscore.report.intentionality import intentionality
from twinscore.scoring.views.object_words import object_sentences

if TYPE_CHECKING:
    from twinscore.comparison.view_differences import ViewDifference
    from twinscore.domain.figures import Intentionality
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.views.scores import ViewScore

MOST_DIFFERENCES = 3
"""Sentences that a first screen has room for; the JSON holds all."""

HEADINGS = ("Real", "Synthetic", "Score", "95% interval", "Judge", "p, corrected")

DIFFERENCE_HEADINGS = ("First", "Second", "Difference", "p, corrected", "Closeness")

NAMES = {
    "items": "all objects",
    "in-place": "objects in place",
    "environment": "world around them",
    "scenes": "whole scenes",
}


@dataclass(frozen=True, slots=True)
class ShownView:
    """A row as it is shown.

    Attributes
    ----------
    name
        Of the view, or of the class.
    is_class
        Whether it is of a class.
    cells
        Under `HEADINGS`.
    standing
        In a few words.
    """

    name: str
    is_class: bool
    cells: tuple[str, ...]
    standing: str


def shown_views(result: ScoreResult) -> list[ShownView]:
    """Return the rows of a result, classes before the objects that they are of."""
    return [] if result.views is None else [_shown(row) for row in result.views.table]


def views_sentence(result: ScoreResult) -> str | None:
    """Say how the views stand beside each other, where there are any."""
    return None if result.views is None else result.views.verdict


def objects_as_declared(result: ScoreResult) -> str | None:
    """Say whether objects are what a domain of objects wants; None without one."""
    of_view = _of_declared_objects(result)
    bar = None if of_view is None else intentionality(of_view)
    if bar is None:
        return None
    return f"Of the objects, {bar.figure} are where they were wanted: {bar.remark}."


def declared_objects(result: ScoreResult) -> Intentionality | None:
    """Return how objects fit a domain of objects; None without one."""
    of_view = _of_declared_objects(result)
    return None if of_view is None else of_view.domain


def _of_declared_objects(result: ScoreResult) -> ScoreResult | None:
    if result.views is None:
        return None
    of_objects = (result.views.results.get(name) for name in OF_OBJECTS)
    return next((each for each in of_objects if each is not None and each.domain), None)


def object_differences(result: ScoreResult) -> list[str]:
    """Say how objects differ between the sides: the strongest differences, a sentence each."""
    if result.views is None:
        return []
    return object_sentences(result.views.gaps)[:MOST_DIFFERENCES]


def _shown(row: ViewScore) -> ShownView:
    return ShownView(
        NAMES[row.view] if row.class_name is None else row.class_name,
        row.class_name is not None,
        (
            f"{row.n_real:,}",
            f"{row.n_synthetic:,}",
            "" if row.score is None else f"{row.score:.3f}",
            "" if row.interval is None else f"{row.interval[0]:.2f} to {row.interval[1]:.2f}",
            "" if row.judge is None else f"{row.judge.accuracy:.0%}",
            "" if row.adjusted_p_value is None else f"{row.adjusted_p_value:.2g}",
        ),
        row.standing.value,
    )


def view_name(view: str, class_name: str | None) -> str:
    """Name a row of views, or of the objects of a class."""
    return NAMES[view] if class_name is None else f"objects of class {class_name}"


def difference_cells(row: ViewDifference) -> tuple[str, ...]:
    """Return what two sets show of a view, under `DIFFERENCE_HEADINGS`."""
    closeness = row.closeness
    return (
        f"{row.first:.3f}",
        f"{row.second:.3f}",
        f"{row.difference:+.3f}",
        f"{row.adjusted_p_value:.2g}",
        "-" if closeness is None else f"{closeness.first:.3f} to {closeness.second:.3f}",
    )
