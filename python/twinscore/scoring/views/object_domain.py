"""A declared domain of objects: how large, how hidden, of which class they are meant to be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.values import declared_value
from twinscore.images.views.object_facts import OBJECT_FACT_NAMES
from twinscore.images.views.pictures import CLASS_COLUMN
from twinscore.images.views.settings import OF_OBJECTS, SCENES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from twinscore.domain.declaration import Domain
    from twinscore.embedding.records import Embeddings
    from twinscore.embedding.views import EmbeddedViews

OBJECT_COLUMNS = (CLASS_COLUMN, *OBJECT_FACT_NAMES)
"""What every object has, beside the columns of its image."""

NOT_BY_EXAMPLE = (
    "expected a domain of columns and facts where objects are annotated, but {name!r} is told by "
    "example, which is for whole images alone"
)


def views_of_domain(domain: Domain | None, image_columns: Collection[str]) -> tuple[str, ...]:
    """Return the views that a domain is asked of.

    Those of objects, where it asks for what objects have and their images lack; else whole scenes.

    Parameters
    ----------
    domain
        Declared; None: of no view.
    image_columns
        Of the sources.
    """
    if domain is None:
        return ()
    asked = (column for column in domain.columns if column not in image_columns)
    return OF_OBJECTS if any(column in OBJECT_COLUMNS for column in asked) else (SCENES,)


def with_declared_facts(
    embeddings: Sequence[Embeddings], sides: Sequence[EmbeddedViews], view: str, domain: Domain
) -> list[Embeddings]:
    """Give objects a column for each of their facts that a domain asks for: the declared bin.

    Parameters
    ----------
    embeddings
        Of a view of objects, real and synthetic; columns of the sources stay as they are.
    sides
        Where these come from.
    view
        Its name.
    domain
        Declared.
    """
    given = list(embeddings)
    named = {condition.column: condition for condition in domain.conditions}
    for name in domain.columns:
        if name not in OBJECT_FACT_NAMES or any(name in side.columns for side in embeddings):
            continue
        place, condition = OBJECT_FACT_NAMES.index(name), named.get(name)
        for row, side in enumerate(sides):
            numbers = side.facts.table[np.asarray(side.fact_rows[view]), place].tolist()
            values = [
                (condition and declared_value(condition, number)) or _spelled(number)
                for number in numbers
            ]
            given[row] = replace(given[row], columns={**given[row].columns, name: tuple(values)})
    return given


def _spelled(number: float) -> str | None:
    return None if np.isnan(number) else f"{number:g}"
