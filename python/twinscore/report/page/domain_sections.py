"""The declared domain on the page: cells as a heat map, and what is missing."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.report.intentionality import in_the_declared_mix, intentionality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.domain.figures import CellFigures, EdgeCaseCount, Intentionality
    from twinscore.domain.match import ConditionMatch, PairCount
    from twinscore.report.bar import Bar
    from twinscore.scoring.result import ScoreResult

MOST_ROWS = 60
MOST_PAIRS = 40


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A combination of values as a square of the heat map.

    Attributes
    ----------
    kind
        "wanted", "unverifiable" (no real image), "unwanted" or "excluded".
    share
        Images there of those wanted, at most 1.
    cell
        Its figures; None where it is neither wanted nor there.
    """

    kind: str
    share: float
    cell: CellFigures | None


@dataclass(frozen=True, slots=True)
class HeatMap:
    """All combinations: one condition across, the others down.

    Attributes
    ----------
    across
        Name of the condition whose values are the columns.
    columns
        Its values.
    rows
        Names of the other values, and a square for each column.
    more
        Rows that are not shown.
    """

    across: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]
    more: int


@dataclass(frozen=True, slots=True)
class DomainSection:
    """What the page shows of a declared domain.

    Attributes
    ----------
    bar
        As on the first screen.
    declared_mix
        A sentence about the score in the declared mix; None where there is nothing to say.
    heat_map
        The cells.
    conditions, edge_cases
        As in the result.
    pairs, more_pairs
        Missing pairs, and how many more there are.
    """

    bar: Bar
    declared_mix: str | None
    heat_map: HeatMap
    conditions: Sequence[ConditionMatch]
    edge_cases: Sequence[EdgeCaseCount]
    pairs: Sequence[PairCount]
    more_pairs: int


def domain_section(result: ScoreResult) -> DomainSection | None:
    """Return what to show; None where no domain was declared."""
    bar = intentionality(result)
    if result.domain is None or bar is None:
        return None
    missing = result.domain.pairs.missing if result.domain.pairs is not None else ()
    return DomainSection(
        bar,
        in_the_declared_mix(result),
        heat_map(result.domain),
        result.domain.conditions,
        result.domain.edge_cases,
        missing[:MOST_PAIRS],
        len(missing[MOST_PAIRS:]),
    )


def heat_map(domain: Intentionality) -> HeatMap:
    """Lay out the cells; the condition with the most values, of several the last, goes across."""
    sizes = [len(condition.values) for condition in domain.conditions]
    across = max(range(len(sizes)), key=lambda place: (sizes[place], place))
    figures = {cell.values: cell for cell in domain.cells}
    names = [tuple(value.value for value in item.values) for item in domain.conditions]
    down = [values for place, values in enumerate(names) if place != across]
    rows = []
    for others in itertools.islice(itertools.product(*down), MOST_ROWS):
        squares = tuple(
            _square(figures.get((*others[:across], value, *others[across:])))
            for value in names[across]
        )
        rows.append((" / ".join(others) or "all images", squares))
    total = 1
    for values in down:
        total *= len(values)
    return HeatMap(
        domain.conditions[across].condition, names[across], tuple(rows), total - len(rows)
    )


def _square(cell: CellFigures | None) -> HeatCell:
    if cell is None:
        return HeatCell("excluded", 0.0, None)
    if cell.target <= 0.0:
        return HeatCell("unwanted", 0.0, cell)
    kind = "unverifiable" if cell.n_real == 0 else "wanted"
    return HeatCell(kind, min(cell.n_synthetic / max(cell.wanted, 1), 1.0), cell)
