"""Saved views of a declared domain: what lies outside, what cannot be verified, each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.scoring.result import ScoreResult

MOST_CELLS = 50
"""Cells that get a view, those with the most images; all are values of the field ``cell``."""


@dataclass(frozen=True, slots=True)
class DomainView:
    """A view by name: its description, and the rows of the pool that it shows."""

    name: str
    description: str
    rows: tuple[int, ...]


def domain_views(result: ScoreResult) -> Iterator[DomainView]:
    """Return the views of a result with a domain that show any image."""
    cells = result.samples["cell"].to_pylist()
    sides = result.samples["side"].to_pylist()
    assert result.domain is not None
    outside = tuple(
        row
        for row, (cell, side) in enumerate(zip(cells, sides, strict=True))
        if cell is None and side == "synthetic"
    )
    if outside:
        yield DomainView("outside-domain", "Synthetic images outside of the domain", outside)
    unverifiable = {cell.name for cell in result.domain.cells if cell.n_real == 0}
    alone = tuple(row for row, cell in enumerate(cells) if cell in unverifiable)
    if alone:
        yield DomainView("unverifiable", "Synthetic images of cells without a photograph", alone)
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(cells):
        if cell is not None:
            rows.setdefault(cell, []).append(row)
    largest = sorted(rows, key=lambda cell: (-len(rows[cell]), cell))[:MOST_CELLS]
    for number, cell in enumerate(largest, start=1):
        # FiftyOne makes addresses of names: two that differ in signs alone would clash.
        yield DomainView(f"cell-{number}", f"Both sides in the cell {cell}", tuple(rows[cell]))
