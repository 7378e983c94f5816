"""Intentionality: whether synthetic images are what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.cells import OUTSIDE
from twinscore.domain.figures import (
    CellFigures,
    EdgeCaseCount,
    IntendedImages,
    Intentionality,
    Outside,
    Unverifiable,
)
from twinscore.domain.match import (
    cover_pairs,
    match_of,
    plan_range,
    whole_numbers,
)
from twinscore.domain.placed_images import PlacedImages, place_images
from twinscore.domain.target_score import score_against_target
from twinscore.domain.thinned_units import FEWEST_IN_CELL
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.domain.cells import Cells
    from twinscore.domain.declaration import Domain
    from twinscore.domain.target_score import TargetScore
    from twinscore.domain.values import Columns
    from twinscore.graph.pool import Pool
    from twinscore.neighbors.records import Neighbors

MOST_NAMED = 100
"""Cells without real images that are listed by name."""


def assess_intentionality(
    domain: Domain,
    pool: Pool,
    columns: Columns,
    *,
    lists: Neighbors | None = None,
    seed: int = 0,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> IntendedImages:
    """Hold synthetic images against a declared domain.

    Parameters
    ----------
    domain
        What was declared; conditions by example are columns by now.
    pool
        Both sides.
    columns
        Of both sides, each of length n; None for an image without a value.
    lists
        Neighbors of the pool's points, where it has been searched already.
    seed
        Of permutations and draws.
    search
        Backend and threads.
    progress
        Called with (permutations done, permutations).
    """
    is_real = np.flatnonzero(pool.is_real)
    is_synthetic = np.flatnonzero(~pool.is_real)
    real = place_images(domain, _of_rows(columns, is_real), len(is_real))
    synthetic = place_images(domain, _of_rows(columns, is_synthetic), len(is_synthetic))
    layout, count = synthetic.layout, len(is_synthetic)
    cells = np.empty(len(pool.vectors), dtype=np.int64)
    cells[is_real], cells[is_synthetic] = real.cells, synthetic.cells
    target = score_against_target(
        pool, cells, layout.targets, lists=lists, seed=seed, search=search, progress=progress
    )
    groups = pool.units[is_synthetic]
    outside = int(np.count_nonzero(synthetic.cells == OUTSIDE))
    figures = Intentionality(
        file=str(domain.file),
        match=match_of(layout.targets, synthetic.counts, count),
        perfect_plan=plan_range(layout.targets, groups),
        conditions=tuple(synthetic.matches(groups)),
        pairs=cover_pairs(domain, synthetic.codes[~synthetic.excluded]),
        outside=Outside(outside / count, outside, int(np.count_nonzero(synthetic.excluded))),
        edge_cases=tuple(edge_cases(synthetic, real)),
        unverifiable=_unverifiable(layout, real.counts),
        target_score=None if target is None else target.score,
        target_interval=None if target is None else target.interval,
        target_p_value=None if target is None else target.p_value,
        target_null_interval=None if target is None else target.null_interval,
        target_images=None if target is None else target.images,
        target_limit=None if target is None else _limit(target, layout),
        target_mass=0.0 if target is None else target.mass,
        cells=tuple(_cells(layout, synthetic.counts, real.counts, count, target)),
        notes=(*domain.notes, *_notes(real, target)),
        declaration=domain.to_dict(),
    )
    return IntendedImages(figures, cells, layout)


def edge_cases(synthetic: PlacedImages, real: PlacedImages | None) -> Iterator[EdgeCaseCount]:
    """Count the images that show each edge case; without a real side, none of it does."""
    for case in synthetic.domain.edge_cases:
        images = int(np.count_nonzero(synthetic.showing(case.clause)))
        of_real = 0 if real is None else int(np.count_nonzero(real.showing(case.clause)))
        missing = max(case.at_least - images, 0)
        yield EdgeCaseCount(case.name, str(case.clause), case.at_least, images, of_real, missing)


def _of_rows(columns: Columns, rows: IdArray) -> dict[str, list[str | None]]:
    return {name: [column[row] for row in rows.tolist()] for name, column in columns.items()}


def _unverifiable(layout: Cells, of_real: IdArray) -> Unverifiable:
    without = np.flatnonzero((of_real == 0) & (layout.targets > 0.0))
    without = without[np.argsort(-layout.targets[without], kind="stable")]
    return Unverifiable(
        float(layout.targets[without].sum()),
        tuple(layout.name(cell) for cell in without[:MOST_NAMED].tolist()),
    )


def _limit(target: TargetScore, layout: Cells) -> str:
    cell, side = target.limited_by
    return f"{side} images of {layout.name(cell)}"


def _cells(
    layout: Cells, there: IdArray, of_real: IdArray, count: int, target: TargetScore | None
) -> Iterator[CellFigures]:
    wanted = whole_numbers(layout.targets, count) if layout.targets.any() else [0] * len(layout)
    scored = {} if target is None else target.cells
    for cell in np.flatnonzero((layout.targets > 0.0) | (there > 0) | (of_real > 0)).tolist():
        found = scored.get(cell)
        yield CellFigures(
            layout.name(cell),
            layout.values(cell),
            float(layout.targets[cell]),
            wanted[cell],
            int(there[cell]),
            int(of_real[cell]),
            None if found is None else found.score,
            None if found is None else found.interval,
        )


def _notes(real: PlacedImages, target: TargetScore | None) -> Iterator[str]:
    for condition in real.domain.conditions:
        if all(value is None for value in real.columns.get(condition.column, ())):
            yield (
                f"no real image has a value of {condition.column}: of realism in this domain "
                "nothing can be said"
            )
    if target is None:
        yield (
            f"no combination of values has {FEWEST_IN_CELL} images on both sides, so that there "
            "is no score in the declared mix: declare fewer conditions, or wider bins"
        )
