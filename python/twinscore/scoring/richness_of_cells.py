"""Richness of each cell of a declared domain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twinscore.measures.richness_slices import value_codes
from twinscore.measures.slices import unit_values

if TYPE_CHECKING:
    from twinscore.domain.figures import CellFigures, IntendedImages, Intentionality
    from twinscore.graph.pool import Pool
    from twinscore.measures.find_richness import RichnessOfImages
    from twinscore.measures.richness_slices import RichnessSlice, ValueCodes

CELL = "domain: cell"
"""The column that cells are while richness is told; no column of images has a name like it."""

OUTSIDE_CELLS = ": outside"
"""The value of images in none of them; no cell has a name like it."""


def cell_codes(intended: IntendedImages, pool: Pool) -> ValueCodes | None:
    """Give the units of a pool the cells of their images as a column."""
    values: list[str | None] = [name or OUTSIDE_CELLS for name in intended.names()]
    if pool.groups is not None:
        values = unit_values(values, pool.groups)
    return value_codes(CELL, values, pool.unit_is_real)


def part_cells(
    of_images: RichnessOfImages, intended: IntendedImages
) -> tuple[RichnessOfImages, Intentionality]:
    """Hand what richness tells of the values of `CELL` over to the figures of the domain."""
    slices = of_images.richness.slices
    parts = {part.value: part for part in slices if part.column == CELL}
    figures = intended.figures
    stray = parts.get(OUTSIDE_CELLS)
    if stray is not None:
        outside = replace(
            figures.outside,
            on_domain=stray.on_domain,
            on_domain_interval=stray.on_domain_interval,
        )
        figures = replace(figures, outside=outside)
    cells = tuple(_rich(cell, parts.get(cell.name)) for cell in figures.cells)
    others = tuple(part for part in slices if part.column != CELL)
    richness = replace(of_images.richness, slices=others)
    return replace(of_images, richness=richness), replace(figures, cells=cells)


def _rich(cell: CellFigures, part: RichnessSlice | None) -> CellFigures:
    if part is None:
        return cell
    return replace(
        cell,
        coverage=part.coverage,
        coverage_interval=part.coverage_interval,
        on_domain=part.on_domain,
        on_domain_interval=part.on_domain_interval,
        worth=part.worth,
        copied=part.copied,
    )
