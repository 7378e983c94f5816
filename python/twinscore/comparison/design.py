"""What two sets are compared by: units to exchange, and lists of the candidates around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.comparison.neighborhoods import (
    Neighborhoods,
    affordable_depth,
    depth_for,
    find_neighborhoods,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray
    from twinscore.embedding.records import Embeddings
    from twinscore.neighbors.settings import SearchSettings

GROUP_DRAWS = 10


@dataclass(frozen=True, slots=True)
class Units:
    """What is drawn, exchanged and halved: images, or groups of them.

    Attributes
    ----------
    rows
        For each unit the rows of its images.
    names
        Of the units.
    """

    rows: tuple[IdArray, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def draw(self, random: np.random.Generator) -> IdArray:
        """Take one row of each unit."""
        return np.array([rows[random.integers(len(rows))] for rows in self.rows], dtype=np.int64)

    def some(self, kept: IdArray) -> Units:
        """Keep some of the units."""
        return Units(
            tuple(self.rows[index] for index in kept), tuple(self.names[index] for index in kept)
        )


@dataclass(frozen=True, slots=True)
class Design:
    """Lists of candidates for each draw of one image a unit, and what may be exchanged.

    Attributes
    ----------
    draws
        Without groups a single one.
    labels
        Shape (n,): 0 for units of the first set, 1 for those of the second.
    strata
        Shape (n,): exchanges stay within a stratum.
    n_real
        Real units.
    """

    draws: tuple[Neighborhoods, ...]
    labels: IdArray
    strata: IdArray
    n_real: int

    def shares(self, labels: IdArray, kept_real: IdArray | None = None) -> Float64Array:
        """Real shares of every unit, averaged over the draws."""
        kept = None
        if kept_real is not None:
            kept = np.zeros(self.n_real, dtype=bool)
            kept[kept_real] = True
        shares = [draw.real_shares(labels, kept)[0] for draw in self.draws]
        return np.asarray(np.mean(shares, axis=0), dtype=np.float64)

    def uncertain(self) -> int:
        """Units whose lists end too early for the sets as they are."""
        return max(int((~draw.real_shares(self.labels)[1]).sum()) for draw in self.draws)


def units_of(side: Embeddings) -> Units:
    """Take the images of a side, or its groups where it has any, as units."""
    if side.groups is None:
        rows = tuple(np.arange(len(side.vectors), dtype=np.int64)[:, None])
        return Units(rows, side.names)
    names, places = np.unique(np.asarray(side.groups), return_inverse=True)
    rows = tuple(np.flatnonzero(places == place) for place in range(len(names)))
    return Units(rows, tuple(str(name) for name in names))


def equal_sets(
    first: Embeddings,
    second: Embeddings,
    names: tuple[str, str],
    random: np.random.Generator,
) -> tuple[tuple[Units, Units], list[str]]:
    """Cut the larger of two sets to the size of the other; also returns what to tell of it."""
    sets = [units_of(first), units_of(second)]
    size = min(len(units) for units in sets)
    warnings = []
    for index, name in enumerate(names):
        if len(sets[index]) > size:
            warnings.append(
                f"{name} was cut to {size:,} of its {len(sets[index]):,} images (or groups), drawn "
                "at random, because the score depends on the ratio of the sides"
            )
            kept = np.sort(random.permutation(len(sets[index]))[:size])
            sets[index] = sets[index].some(kept)
    return (sets[0], sets[1]), warnings


def make_design(
    real: Embeddings,
    first: Embeddings,
    second: Embeddings,
    real_units: Units,
    sets: tuple[Units, Units],
    pairs: Sequence[tuple[int, int]],
    k: int,
    random: np.random.Generator,
    search: SearchSettings,
) -> Design:
    """Find the candidates around every unit.

    Parameters
    ----------
    real, first, second
        The embeddings.
    real_units, sets
        Their units, those of the sets equal in number.
    pairs
        Places of units in the two sets that are exchanged with each other only.
    k
        Neighbors per unit.
    random
        Draws one image of each group.
    search
        Backend and threads.
    """
    size = len(sets[0])
    labels = np.repeat([0, 1], size)
    strata = np.zeros(2 * size, dtype=np.int64)
    for stratum, (row, other) in enumerate(pairs, start=1):
        strata[[row, size + other]] = stratum
    grouped = any(side.groups is not None for side in (real, first, second))
    draws = []
    # Of the candidates in a list, half stay in a half of the images, and half of the synthetic
    # ones among these carry the label of the query.
    depth = depth_for(k, 0.25)
    for _ in range(GROUP_DRAWS if grouped else 1):
        points = [
            real.vectors[real_units.draw(random)],
            np.concatenate(
                [first.vectors[sets[0].draw(random)], second.vectors[sets[1].draw(random)]]
            ),
        ]
        draws.append(_deep_enough(points[0], points[1], k, depth, labels, search))
    return Design(tuple(draws), labels, strata, len(real_units))


def _deep_enough(
    real: FloatMatrix,
    synthetic: FloatMatrix,
    k: int,
    depth: int,
    labels: IdArray,
    search: SearchSettings,
) -> Neighborhoods:
    """Search deeper until the sets as they are need no candidate beyond a list."""
    while True:
        found = find_neighborhoods(real, synthetic, k, depth, search=search)
        _, certain = found.real_shares(labels)
        deeper = min(2 * depth, affordable_depth(len(synthetic)))
        if certain.all() or deeper <= depth:
            return found
        depth = deeper
