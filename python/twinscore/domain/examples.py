"""Conditions told by example: an image takes the value of the examples it is nearest to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from twinscore.base.arrays import Float64Array, IdArray, PointMatrix
    from twinscore.domain.declaration import Domain
    from twinscore.images.sources.columns import ColumnedSource
    from twinscore.neighbors.settings import SearchSettings

FEWEST_EXAMPLES = 10
WITHIN = 0.95
"""Quantile of the distances between examples of a value up to which an image may have it."""

Examples: TypeAlias = "dict[str, dict[str, ColumnedSource | Embeddings]]"
"""By condition and value, the images that show it."""


def values_with_examples(folder: Path) -> tuple[str, ...]:
    """Name the values that a folder holds examples of: its subfolders, in order of their names.

    Raises
    ------
    OSError
        The folder cannot be listed.
    """
    return tuple(
        sorted(
            entry.name
            for entry in folder.iterdir()
            if entry.is_dir() and not entry.name.startswith(".")
        )
    )


def open_examples(domain: Domain) -> Examples:
    """Find the examples of a domain.

    Raises
    ------
    ValueError, FileNotFoundError
        A value has fewer than `FEWEST_EXAMPLES`, or its folder cannot be used.
    """
    opened: Examples = {}
    for condition in domain.conditions:
        if condition.examples is None:
            continue
        of_value = opened.setdefault(condition.name, {})
        for value in condition.values:
            folder = condition.examples / value
            source = open_source(folder, side="example")
            count = len(source.vectors if isinstance(source, Embeddings) else source)
            _check_enough(condition.name, value, folder, count)
            of_value[value] = source
    return opened


def told_by_example(
    sides: Mapping[str, Embeddings],
    examples: Mapping[str, Mapping[str, Embeddings]],
    search: SearchSettings,
) -> dict[str, Embeddings]:
    """Give images the values of the examples that they are nearest to, as columns.

    A value is taken if its example is no farther than 95 % of its examples are from the next one;
    else the image has none.

    Parameters
    ----------
    sides
        By name.
    examples
        By condition and value, embedded by the network of the sides.
    search
        Backend and threads.

    Raises
    ------
    ValueError
        Too few examples of a value could be read, or their embeddings are of another width.
    """
    told = dict(sides)
    for condition, embedded in examples.items():
        for value, found in embedded.items():
            _check_enough(condition, value, "readable images", len(found.vectors))
        limits = np.array([_limit(found.vectors, search) for found in embedded.values()])
        points = np.concatenate([found.vectors for found in embedded.values()])
        value_of = np.repeat(
            np.arange(len(embedded)), [len(found.vectors) for found in embedded.values()]
        )
        for name, side in sides.items():
            if side.vectors.shape[1] != points.shape[1]:
                raise ValueError(
                    f"examples of {condition}: expected embeddings as wide as those of the {name} "
                    f"images ({side.vectors.shape[1]}), got {points.shape[1]}: they must come "
                    "from one model"
                )
            column = _nearest_values(side.vectors, points, value_of, limits, search)
            values = [*embedded]
            named = tuple(None if place < 0 else values[place] for place in column.tolist())
            told[name] = replace(told[name], columns={**told[name].columns, condition: named})
    return told


def check_no_columns(examples: Iterable[str], columns: Iterable[str], side: str) -> None:
    """Refuse conditions told by example that a side has a column for.

    Raises
    ------
    ValueError
        The message names the column.
    """
    for name in set(examples).intersection(columns):
        raise ValueError(
            f"condition {name}: told by example, but the {side} images have a column {name!r}; "
            "rename the condition, or leave its examples out"
        )


def _check_enough(condition: str, value: str, place: Path | str, count: int) -> None:
    if count < FEWEST_EXAMPLES:
        raise ValueError(
            f"condition {condition}: expected at least {FEWEST_EXAMPLES} examples of {value!r} "
            f"in {place}, got {count}"
        )


def _limit(points: PointMatrix, search: SearchSettings) -> float:
    return float(np.quantile(search.self_knn(points, 1).distances[:, 0], WITHIN))


def _nearest_values(
    images: PointMatrix,
    points: PointMatrix,
    value_of: IdArray,
    limits: Float64Array,
    search: SearchSettings,
) -> IdArray:
    """Return the place of each image's value, -1 for none."""
    nearest = search.knn(images, points, 1)
    places = value_of[nearest.ids[:, 0]]
    return np.where(nearest.distances[:, 0] <= limits[places], places, -1)
