"""Compare two sets slice by slice: where one is better and where the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.comparison.exchanges import exchanged, two_sided
from twinscore.comparison.result import SliceDifference
from twinscore.measures.multiple_tests import holm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from twinscore.base.arrays import Float64Array
    from twinscore.comparison.design import Design, Units
    from twinscore.embedding.records import Embeddings

FEWEST_IN_SLICE = 5


def slice_columns(
    first: Embeddings,
    second: Embeddings,
    sets: tuple[Units, Units],
    names: tuple[str, str],
    slice_by: Sequence[str],
) -> dict[str, list[str | None]]:
    """Value of each unit in each column; that of a group's first image."""
    columns: dict[str, list[str | None]] = {name: [] for name in slice_by}
    for column, values in columns.items():
        for name, side, units in zip(names, (first, second), sets, strict=True):
            if column not in side.columns:
                known = ", ".join(sorted(side.columns)) or "none"
                raise ValueError(f"slice_by: expected a column of {name} ({known}), got {column!r}")
            values += [side.columns[column][int(rows[0])] for rows in units.rows]
    return columns


def slices_left_out(
    columns: dict[str, list[str | None]], slices: Sequence[SliceDifference]
) -> Iterator[str]:
    """Say of each column which values had too few units to be compared."""
    compared = {part.slice for part in slices}
    for column, values in columns.items():
        named = {value for value in values if value is not None}
        left_out = [value for value in named if f"{column} = {value}" not in compared]
        if left_out:
            yield (
                f"{len(left_out):,} of {len(named):,} values of {column}, such as "
                f"{min(left_out)!r}, are not compared: fewer than {FEWEST_IN_SLICE} images (or "
                "groups) of a set"
            )


def compare_slices(
    design: Design,
    columns: dict[str, list[str | None]],
    observed: Float64Array,
    expected: float,
    random: np.random.Generator,
    step: Callable[[], None],
) -> tuple[SliceDifference, ...]:
    """Compare the sets within each value of each column.

    Parameters
    ----------
    design
        Of both sets.
    columns
        The value of each unit.
    observed
        Real shares of every unit over `expected`, shape (n,).
    expected
        The real share that chance would give.
    random
        Of the exchanges.
    step
        Called after each exchange.

    Returns
    -------
    tuple of SliceDifference
        With p-values adjusted for their number.
    """
    found = []
    for column, values in columns.items():
        names = sorted({value for value in values if value is not None})
        belongs = np.array([names.index(value) if value is not None else -1 for value in values])
        parts = []
        for place in range(len(names)):
            part = np.flatnonzero(belongs == place)
            of_second = int(design.labels[part].sum())
            if min(of_second, len(part) - of_second) >= FEWEST_IN_SLICE:
                parts.append((names[place], part))
        if not parts:
            continue
        # Exchanges within a slice leave the make-up of both sets as it is.
        strata = np.unique(np.stack([design.strata, belongs]), axis=1, return_inverse=True)[1]
        permuted = exchanged(design, strata.ravel(), random, step, [part for _, part in parts])
        for index, (value, part) in enumerate(parts):
            labels = design.labels[part]
            scores = [float(observed[part][labels == label].mean()) for label in (0, 1)]
            difference = scores[1] - scores[0]
            p_value = two_sided(difference, permuted[:, index] / expected)
            found.append(
                SliceDifference(
                    slice=f"{column} = {value}",
                    n_first=int((labels == 0).sum()),
                    n_second=int((labels == 1).sum()),
                    first=scores[0],
                    second=scores[1],
                    difference=difference,
                    p_value=p_value,
                    adjusted_p_value=p_value,
                )
            )
    return adjusted(found)


def adjusted(slices: list[SliceDifference]) -> tuple[SliceDifference, ...]:
    """Correct the p-values for the number of tests."""
    p_values = holm(np.array([part.p_value for part in slices], dtype=np.float64))
    return tuple(
        replace(part, adjusted_p_value=float(p_value))
        for part, p_value in zip(slices, p_values, strict=True)
    )
