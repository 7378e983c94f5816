"""The figures of Intentionality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.domain.cells import OUTSIDE

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray
    from twinscore.domain.cells import Cells
    from twinscore.domain.match import ConditionMatch, PairCoverage, PlanRange


@dataclass(frozen=True, slots=True)
class EdgeCaseCount:
    """A rare case that was wanted.

    Attributes
    ----------
    name, where
        As declared.
    wanted, images, real
        Synthetic images wanted, those that show it, and real ones that do.
    missing
        Images short of what was wanted.
    """

    name: str
    where: str
    wanted: int
    images: int
    real: int
    missing: int


@dataclass(frozen=True, slots=True)
class Outside:
    """Synthetic images outside of the domain.

    Attributes
    ----------
    share
        Of all synthetic images.
    images
        How many.
    excluded
        Those among them of a kind that was excluded; the others have an undeclared value, or
        none.
    on_domain, on_domain_interval
        Share of these synthetic units that lie where real ones do; the others stray, while those
        of declared cells venture. None where richness was not told, or of fewer than ten units.
    """

    share: float
    images: int
    excluded: int
    on_domain: float | None = None
    on_domain_interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """Cells that are wanted and have no real image: of their realism nothing can be said.

    Attributes
    ----------
    share
        Of the declared mix.
    cells
        Their names, the most wanted first; the first hundred.
    """

    share: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellFigures:
    """One combination of values.

    Attributes
    ----------
    name, values
        Values joined by slashes, and one by one.
    target
        Its share in the declared mix.
    wanted, n_synthetic, n_real
        Synthetic images wanted of as many as there are, and those there are of either side.
    score, interval
        Of its synthetic images in the declared mix; None where it was not scored.
    coverage, coverage_interval, on_domain, on_domain_interval, worth, copied
        See `RichnessSlice`; None where richness was not told, or of fewer than ten units.
    """

    name: str
    values: tuple[str, ...]
    target: float
    wanted: int
    n_synthetic: int
    n_real: int
    score: float | None
    interval: tuple[float, float] | None
    coverage: float | None = None
    coverage_interval: tuple[float, float] | None = None
    on_domain: float | None = None
    on_domain_interval: tuple[float, float] | None = None
    worth: float | None = None
    copied: float | None = None


@dataclass(frozen=True, slots=True)
class Intentionality:
    """How synthetic images fit a declared domain.

    Attributes
    ----------
    file
        Where it was declared.
    match
        Share of synthetic images that are where they were wanted, over all cells.
    perfect_plan
        What a set drawn by the plan reaches.
    conditions
        The same of each condition, with the images missing of each value.
    pairs
        None where none were asked for.
    outside, edge_cases, unverifiable
        See their types.
    target_score, target_interval, target_p_value, target_null_interval
        The score of both sides in the declared mix, see `TargetScore`; None where it cannot be
        told.
    target_images, target_limit, target_mass
        How many images a side it rests on; what allows no more; share of the mix that it covers.
    cells
        Those that are wanted or have images, in the order of the declaration.
    notes
        What to know before trusting these figures.
    declaration
        What was declared.
    """

    file: str
    match: float
    perfect_plan: PlanRange
    conditions: tuple[ConditionMatch, ...]
    pairs: PairCoverage | None
    outside: Outside
    edge_cases: tuple[EdgeCaseCount, ...]
    unverifiable: Unverifiable
    target_score: float | None
    target_interval: tuple[float, float] | None
    target_p_value: float | None
    target_null_interval: tuple[float, float] | None
    target_images: float | None
    target_limit: str | None
    target_mass: float
    cells: tuple[CellFigures, ...]
    notes: tuple[str, ...]
    declaration: dict[str, Any]


@dataclass(frozen=True, slots=True)
class IntendedImages:
    """The figures of a domain, and the cell of every image.

    Attributes
    ----------
    figures
        Of the synthetic side.
    cells
        Shape (n,): numbers of cells, `OUTSIDE` for none; rows as in the pool.
    layout
        What the numbers mean.
    """

    figures: Intentionality
    cells: IdArray
    layout: Cells

    def names(self) -> list[str | None]:
        """Return the name of each image's cell, None outside of the domain."""
        known = {
            number: self.layout.name(number) for number in set(self.cells.tolist()) - {OUTSIDE}
        }
        return [known.get(number) for number in self.cells.tolist()]
