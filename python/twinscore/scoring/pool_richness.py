"""Richness in the order of a run: from the lists that the score searches anyway."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.runs import list_width
from twinscore.measures.duplicates import merged_groups, without_kinds
from twinscore.measures.find_richness import ImageEvidence, find_richness
from twinscore.measures.richness_slices import value_codes
from twinscore.measures.run_readings import RunReadings
from twinscore.measures.slices import unit_values
from twinscore.measures.unit_lists import UnitLists, drawn_lists, thinned_lists
from twinscore.scoring.richness_of_cells import cell_codes
from twinscore.scoring.richness_width import richness_untold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twinscore.domain.figures import IntendedImages
    from twinscore.embedding.records import Embeddings
    from twinscore.graph.pool import Pool
    from twinscore.measures.find_richness import RichnessOfImages
    from twinscore.measures.richness import RichnessUntold
    from twinscore.measures.richness_slices import ValueCodes
    from twinscore.measures.unit_graphs import DrawReader
    from twinscore.scoring.run import Run
    from twinscore.scoring.searched_pool import SearchedPool
    from twinscore.scoring.settings import ScoreSettings

MOST_DRAWS = 10
"""Draws of one image a group that are read; further ones add little."""

MOST_COLUMNS = 20
"""Columns of real images beside those asked for."""


@dataclass(frozen=True, slots=True)
class RichnessReader:
    """What reads the lists of a run.

    Attributes
    ----------
    pool
        Its groups are the units of richness: those of the score, or more images each where
        near-copies were merged.
    readings
        What was read so far; None where richness is not asked for or cannot be told.
    shares_draws
        Whether the draws of the score are draws of these units.
    untold
        Why it cannot be told.
    """

    pool: Pool
    readings: RunReadings | None = None
    shares_draws: bool = False
    untold: RichnessUntold | None = None

    @property
    def on_draw(self) -> DrawReader | None:
        """What to call with each draw of the score."""
        return self._read if self.shares_draws else None

    def _read(self, lists: UnitLists) -> None:
        if self.readings is not None and len(self.readings.runs) < MOST_DRAWS:
            self.readings.add(lists)

    def found(
        self,
        searched: SearchedPool,
        sides: tuple[Embeddings, Embeddings],
        run: Run,
        intended: IntendedImages | None = None,
    ) -> RichnessOfImages | None:
        """Read what the score did not draw, and estimate; None where there is nothing to read.

        The cells of `intended` are told as values of the column `CELL`.
        """
        if self.readings is None:
            return None
        settings, is_real = run.settings, self.readings.is_real
        seed, search = settings.seed, settings.search
        if not self.readings.runs:
            real = int(np.count_nonzero(is_real))
            width = list_width(real, len(is_real) - real)
            if self.pool.groups is None:
                self._read(UnitLists(np.arange(len(is_real)), searched.lists))
            elif searched.pool.groups is None:
                lists = thinned_lists(self.pool, searched.lists, width, search=search)
                self._read(lists)
            else:
                for lists in drawn_lists(self.pool, width, seed=seed, search=search):
                    self._read(lists)
        evidence = ImageEvidence(
            self.pool,
            (*sides[0].names, *sides[1].names),
            searched.neighbors,
            searched.nearest_real,
            (*_cells(intended, self.pool), *_columns(self.pool, sides, settings)),
            settings.k if settings.diagnostics else None,
        )
        return find_richness(self.readings, evidence, seed=seed, search=search)


def richness_reader(searched: SearchedPool, run: Run) -> RichnessReader:
    """Prepare to read the lists of a run."""
    pool = searched.pool
    if not run.settings.richness:
        return RichnessReader(pool)
    copies = without_kinds(searched.duplicates, pool.is_real)
    merged = merged_groups(copies, pool.groups)
    alike = int(merged.max()) + 1 == len(pool.unit_is_real)
    units = pool if alike else replace(pool, groups=merged)
    untold = richness_untold(units.unit_is_real, run.settings)
    if untold is not None:
        return RichnessReader(units, untold=untold)
    readings = RunReadings(units.unit_is_real)
    return RichnessReader(units, readings, alike and pool.groups is not None)


def _cells(intended: IntendedImages | None, pool: Pool) -> Iterator[ValueCodes]:
    codes = None if intended is None else cell_codes(intended, pool)
    if codes is not None:
        yield codes


def _columns(
    pool: Pool, sides: tuple[Embeddings, Embeddings], settings: ScoreSettings
) -> tuple[ValueCodes, ...]:
    """Give numbers to the columns asked for and those of real images, each parting once."""
    names = dict.fromkeys((*settings.slice_by, *sorted(sides[0].columns)))
    found: list[ValueCodes] = []
    for name in names:
        if len(found) >= MOST_COLUMNS + len(settings.slice_by):
            break
        values = [value for side in sides for value in _values(side.columns, name, side)]
        if pool.groups is not None:
            values = unit_values(values, pool.groups)
        codes = value_codes(name, values, pool.unit_is_real)
        if codes is not None and not any(
            np.array_equal(codes.codes, other.codes) for other in found
        ):
            found.append(codes)
    return tuple(found)


def _values(
    columns: Mapping[str, tuple[str | None, ...]], name: str, side: Embeddings
) -> tuple[str | None, ...]:
    return columns.get(name, (None,) * len(side.vectors))
