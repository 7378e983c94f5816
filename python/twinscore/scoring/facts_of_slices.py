"""The facts of the pixels in each slice, beside its score."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.slice_facts import slice_facts
from twinscore.scoring.samples_table import known_pixel_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.embedding.records import Embeddings
    from twinscore.graph.pool import Pool
    from twinscore.measures.slices import SliceScore


def with_facts(
    parts: Sequence[SliceScore],
    values: Sequence[str | None],
    pool: Pool,
    sides: tuple[Embeddings, Embeddings],
) -> list[SliceScore]:
    """Add to the slices of one column in what their images differ from real ones.

    Parameters
    ----------
    parts
        Of the column.
    values
        Of each unit of the pool.
    pool
        Of the two sides.
    sides
        With what their pixels tell; where either was not measured, the slices stay as they are.
    """
    if any(side.pixel_facts is None for side in sides):
        return list(parts)
    facts = np.concatenate([known_pixel_facts(side) for side in sides])
    found = slice_facts(FACT_NAMES, facts, pool.is_real, pool.units, values)
    return [
        replace(
            part,
            facts=found[part.value].gaps,
            facts_against="same" if found[part.value].against_same else "all",
        )
        if part.value in found
        else part
        for part in parts
    ]
