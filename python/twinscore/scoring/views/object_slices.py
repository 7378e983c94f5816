"""Slices of objects by their facts: the small ones apart from the large ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.views.object_facts import OBJECT_FACT_NAMES
from twinscore.images.views.settings import OF_OBJECTS
from twinscore.scoring.slice_values import named_parts
from twinscore.scoring.views.object_domain import with_declared_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.embedding.records import Embeddings
    from twinscore.embedding.views import EmbeddedViews
    from twinscore.scoring.settings import ScoreSettings


def sides_of_view(
    view: str, sides: Sequence[EmbeddedViews], settings: ScoreSettings
) -> list[Embeddings]:
    """Return both sides of a view; of objects, with a column for each fact that is asked for.

    A column of the source comes first where it is called like a fact, then the bins of a domain.

    Parameters
    ----------
    view
        One of `VIEWS`.
    sides
        Real and synthetic.
    settings
        Columns and facts to slice by, and a declared domain.
    """
    embeddings = [side.embeddings[view] for side in sides]
    if view not in OF_OBJECTS:
        return embeddings
    if settings.domain is not None:
        embeddings = with_declared_facts(embeddings, sides, view, settings.domain)
    for name in settings.slice_by:
        if name not in OBJECT_FACT_NAMES or any(name in side.columns for side in embeddings):
            continue
        place = OBJECT_FACT_NAMES.index(name)
        values = [side.facts.table[np.asarray(side.fact_rows[view]), place] for side in sides]
        parts = named_parts(np.concatenate(values))
        first = len(values[0])
        embeddings = [
            replace(side, columns={**side.columns, name: tuple(of_side)})
            for side, of_side in zip(embeddings, (parts[:first], parts[first:]), strict=True)
        ]
    return embeddings
