"""The values that slices are made of: columns of the source, and facts of the pixels in parts."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.scoring.samples_table import known_pixel_facts

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.embedding.records import Embeddings

PARTS = 4
"""Of as many images each, by the quantiles of both sides."""


def slice_values(column: str, sides: tuple[Embeddings, Embeddings]) -> list[str | None]:
    """Return a value for each image of both sides, None where it has none.

    A column of the source comes first where it is called like a fact.
    """
    is_fact = column in FACT_NAMES and not any(column in side.columns for side in sides)
    if is_fact:
        return _parts(column, sides)
    return [
        value for side in sides for value in side.columns.get(column, (None,) * len(side.vectors))
    ]


def _parts(fact: str, sides: tuple[Embeddings, Embeddings]) -> list[str | None]:
    """Name the part of the range of a fact that each image lies in."""
    place = FACT_NAMES.index(fact)
    return named_parts(np.concatenate([known_pixel_facts(side)[:, place] for side in sides]))


def named_parts(values: npt.NDArray[np.float32]) -> list[str | None]:
    """Name for each value the part of the range of all that it lies in; None for NaN."""
    known = values[~np.isnan(values)]
    if not len(known):
        return [None] * len(values)
    shares = np.linspace(0.0, 1.0, PARTS + 1)
    edges = np.unique(np.quantile(known.astype(np.float64), shares))
    names = [
        f"{place + 1}: {low:.3g} to {high:.3g}"
        for place, (low, high) in enumerate(itertools.pairwise(edges))
    ] or [f"1: {edges[0]:.3g}"]
    numbers = np.clip(np.searchsorted(edges[1:-1], values, side="right"), 0, len(names) - 1)
    return [
        None if np.isnan(value) else names[number]
        for value, number in zip(values.tolist(), numbers.tolist(), strict=True)
    ]
