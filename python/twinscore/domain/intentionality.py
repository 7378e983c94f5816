"""Intentionality: whether synthetic images are what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.cells import OUTSIDE, Cells, cells_of
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
    match_condition,
    match_of,
    plan_range,
    whole_numbers,
)
from twinscore.domain.target_score import score_against_target
from twinscore.domain.thinned_units import FEWEST_IN_CELL
from twinscore.domain.values import codes_of, images_of
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.domain.declaration import Domain
    from twinscore.domain.target_score import TargetScore
    from twinscore.domain.values import Columns
    from twinscore.graph.pool import Pool

MOST_NAMED = 100
"""Cells without real images that are listed by name."""


def assess_intentionality(
    domain: Domain,
    pool: Pool,
    columns: Columns,
    *,
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
    seed
        Of permutations and draws.
    search
        Backend and threads.
    progress
        Called with (permutations done, permutations).
    """
    layout = cells_of(domain)
    codes = codes_of(domain, columns, len(pool.vectors))
    excluded = np.zeros(len(codes), dtype=np.bool_)
    for clause in domain.excluded:
        excluded |= images_of(clause, domain, columns, codes)
    cells = np.where(excluded, OUTSIDE, layout.of(codes))
    target = score_against_target(
        pool, cells, layout.targets, seed=seed, search=search, progress=progress
    )
    synthetic = ~pool.is_real
    groups, count = pool.units[synthetic], int(np.count_nonzero(synthetic))
    inside = cells[synthetic & (cells != OUTSIDE)]
    there = np.bincount(inside, minlength=len(layout))
    of_real = np.bincount(cells[pool.is_real & (cells != OUTSIDE)], minlength=len(layout))
    places = np.flatnonzero(synthetic)
    left_out = int(np.count_nonzero(excluded & synthetic))
    figures = Intentionality(
        file=str(domain.file),
        match=match_of(layout.targets, there, count),
        perfect_plan=plan_range(layout.targets, groups),
        conditions=tuple(
            match_condition(
                condition,
                codes[synthetic, number],
                _picked(columns, condition.column, places),
                excluded[synthetic],
                groups,
            )
            for number, condition in enumerate(domain.conditions)
        ),
        pairs=cover_pairs(domain, codes[synthetic & ~excluded]),
        outside=Outside(1.0 - len(inside) / count, count - len(inside), left_out),
        edge_cases=tuple(_edge_cases(domain, columns, codes, synthetic)),
        unverifiable=_unverifiable(layout, of_real),
        target_score=None if target is None else target.score,
        target_interval=None if target is None else target.interval,
        target_p_value=None if target is None else target.p_value,
        target_null_interval=None if target is None else target.null_interval,
        target_images=None if target is None else target.images,
        target_limit=None if target is None else _limit(target, layout),
        target_mass=0.0 if target is None else target.mass,
        cells=tuple(_cells(layout, there, of_real, count, target)),
        notes=(*domain.notes, *_notes(domain, columns, pool.is_real, target)),
        declaration=domain.to_dict(),
    )
    return IntendedImages(figures, cells, layout)


def _picked(columns: Columns, name: str, places: IdArray) -> list[str | None]:
    column = columns.get(name)
    return [None if column is None else column[place] for place in places.tolist()]


def _edge_cases(
    domain: Domain, columns: Columns, codes: IdArray, synthetic: BoolArray
) -> Iterator[EdgeCaseCount]:
    for case in domain.edge_cases:
        shown = images_of(case.clause, domain, columns, codes)
        images = int(np.count_nonzero(shown & synthetic))
        yield EdgeCaseCount(
            case.name,
            str(case.clause),
            case.at_least,
            images,
            int(np.count_nonzero(shown & ~synthetic)),
            max(case.at_least - images, 0),
        )


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


def _notes(
    domain: Domain, columns: Columns, is_real: BoolArray, target: TargetScore | None
) -> Iterator[str]:
    real = np.flatnonzero(is_real)
    for condition in domain.conditions:
        if not any(value is not None for value in _picked(columns, condition.column, real)):
            yield (
                f"no real image has a value of {condition.column}: of realism in this domain "
                "nothing can be said"
            )
    if target is None:
        yield (
            f"no combination of values has {FEWEST_IN_CELL} images on both sides, so that there "
            "is no score in the declared mix: declare fewer conditions, or wider bins"
        )
