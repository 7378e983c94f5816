"""The table behind the score: one row per image, with who is nearest to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.tension import giveaways

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from twinscore.base.arrays import Float64Array, IdArray
    from twinscore.embedding.records import Embeddings
    from twinscore.measures.duplicates import NearDuplicates
    from twinscore.measures.find_richness import RichnessOfImages
    from twinscore.measures.nearest_real import NearestReal
    from twinscore.neighbors.records import Neighbors


@dataclass(frozen=True, slots=True)
class ImageColumns:
    """What was found of each image of the pool.

    Attributes
    ----------
    real_shares
        Shape (n,): share of real images among its neighbors.
    judge
        Shape (n,): probability that it is synthetic, in the eyes of the judge.
    duplicates
        Near-duplicates in the pool.
    kinds
        Shape (n_synthetic,): the row that names the kind of each synthetic image; None where
        nobody looked for kinds.
    richness
        What richness tells of each; None where it is untold.
    cells
        Length n: the cell of each in the declared domain, None outside of it; None where no domain
        was declared.
    """

    real_shares: Float64Array
    judge: Float64Array
    duplicates: NearDuplicates
    kinds: IdArray | None
    richness: RichnessOfImages | None = None
    cells: list[str | None] | None = None


def samples_table(
    real: Embeddings,
    synthetic: Embeddings,
    neighbors: Neighbors,
    nearest_real: NearestReal,
    columns: ImageColumns,
) -> pa.Table:
    """Build the table described at `ScoreResult.samples`.

    Parameters
    ----------
    real, synthetic
        The two sides of the pool, real rows first.
    neighbors
        Of the pool.
    nearest_real
        The nearest real row of every synthetic one.
    columns
        Of the pool.
    """
    import pyarrow as pa

    n_real, n_synthetic = len(real.vectors), len(synthetic.vectors)
    names = pa.array([*real.names, *synthetic.names], pa.string())
    sides = pa.array(["real"] * n_real + ["synthetic"] * n_synthetic, pa.string())
    nearest = neighbors.ids[:, 0]
    nearest_distance = np.sqrt(neighbors.distances[:, 0])
    nearest_real_distance = np.sqrt(nearest_real.distances)
    blank = pa.nulls(n_real, pa.float64())
    table = pa.table(
        {
            "side": sides,
            "name": names,
            "group": pa.array(_groups(real) + _groups(synthetic), pa.string()),
            "real_share": columns.real_shares,
            "judge": columns.judge,
            "alike": _alike(names, columns.duplicates),
            "kind": _kinds(names, n_real, columns.kinds),
            "nearest": names.take(pa.array(nearest)),
            "nearest_side": sides.take(pa.array(nearest)),
            "nearest_distance": nearest_distance,
            "nearest_real": pa.concat_arrays(
                [pa.nulls(n_real, pa.string()), names.take(pa.array(nearest_real.ids))]
            ),
            "nearest_real_distance": pa.concat_arrays([blank, pa.array(nearest_real_distance)]),
            "giveaway": pa.concat_arrays(
                [blank, pa.array(giveaways(nearest_real_distance, nearest_distance[n_real:]))]
            ),
        }
    )
    table = _with_pixel_facts(table, real, synthetic)
    if columns.richness is not None:
        for column in ("covered", "run", "novelty"):
            values = pa.array(getattr(columns.richness, column), from_pandas=True)
            table = table.append_column(column, values)
    if columns.cells is not None:
        table = table.append_column("cell", pa.array(columns.cells, pa.string()))
    for column in sorted({*real.columns, *synthetic.columns}):
        values = [*_column(real, column), *_column(synthetic, column)]
        # A column of the user's must not take the place of one of ours.
        name = f"column:{column}" if column in table.column_names else column
        table = table.append_column(name, pa.array(values, pa.string()))
    return table


def _with_pixel_facts(table: pa.Table, real: Embeddings, synthetic: Embeddings) -> pa.Table:
    """Add a column for each fact of pixels, where those of a side are known at all."""
    import pyarrow as pa

    if real.pixel_facts is None and synthetic.pixel_facts is None:
        return table
    values = np.concatenate([known_pixel_facts(real), known_pixel_facts(synthetic)])
    for name, column in zip(FACT_NAMES, values.T, strict=True):
        table = table.append_column(name, pa.array(column, pa.float32(), from_pandas=True))
    return table


def known_pixel_facts(side: Embeddings) -> npt.NDArray[np.float32]:
    """Return what the pixels of a side tell, NaN where nobody knows; shape (n, m)."""
    if side.pixel_facts is not None:
        return side.pixel_facts
    return np.full((len(side.vectors), len(FACT_NAMES)), np.nan, dtype=np.float32)


def _groups(side: Embeddings) -> list[str | None]:
    return list(side.groups) if side.groups is not None else [None] * len(side.vectors)


def _column(side: Embeddings, name: str) -> tuple[str | None, ...]:
    return side.columns.get(name, (None,) * len(side.vectors))


def _alike(names: pa.Array, duplicates: NearDuplicates) -> pa.Array:
    """Name the first image of each cluster of two or more."""
    import pyarrow as pa

    alone = np.bincount(duplicates.clusters, minlength=len(names))[duplicates.clusters] == 1
    return names.take(pa.array(duplicates.clusters, mask=alone))


def _kinds(names: pa.Array, n_real: int, kinds: IdArray | None) -> pa.Array:
    """Name the image that each kind of synthetic images gathers around."""
    import pyarrow as pa

    if kinds is None:
        return pa.nulls(len(names), pa.string())
    of_real = pa.nulls(n_real, pa.string())
    return pa.concat_arrays([of_real, names.take(pa.array(n_real + kinds))])
