"""From a result to a plan: missing edge cases and pairs, then cells, then uncovered photographs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.counts import checked_count
from twinscore.domain.cells import OUTSIDE, Cells, clause_cells
from twinscore.domain.declaration import Clause
from twinscore.domain.match import cover_pairs
from twinscore.domain.placed_images import place_images
from twinscore.planning.plan import Expectation, Kind, Plan, Step
from twinscore.planning.shortfall import Shortfall
from twinscore.planning.uncovered import Surrounded, surroundings_of_photographs
from twinscore.scoring.result import ScoreResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import IdArray
    from twinscore.domain.declaration import Domain, EdgeCase
    from twinscore.domain.figures import Intentionality
    from twinscore.domain.match import PairCoverage
    from twinscore.embedding.records import Embeddings
    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.scored_pool import ScoredPool

GAIN_IN: dict[Kind, str] = {
    "edge case": "edge case",
    "pair": "pairs",
    "cell": "match",
    "photograph": "covered now",
}

COVERED = "covered"
"""Column of samples that says of photographs whether a render comes near."""


def plan(result: Estimate, images: int = 1_000) -> Plan:
    """Plan what to render next.

    Edge cases that are missing come first, then pairs of values, then cells that are short of
    images, then photographs that no render comes near, those first whose surroundings hold most
    such; what is left is spread over cells as they are wanted.

    Parameters
    ----------
    result
        Of a run in this process, with a domain or without; without one, all of the plan is
        photographs. Where its domain is one of objects, objects are planned (`planned_part`).
    images
        Renders to plan.

    Raises
    ------
    ValueError, TypeError
        The result was read from disk or is of a sample of the images, or `images` is no number
        above 0.

    Examples
    --------
    >>> import numpy as np, twinscore as ts
    >>> real = np.random.default_rng(0).normal(size=(60, 4)).astype("float32")
    >>> next_renders = ts.plan(ts.score(real, real[:20] + 0.1), images=10)
    >>> next_renders.steps[0].kind
    'photograph'
    """
    checked_count(images, "images")
    part = planned_part(result)
    assert part.pool is not None
    photographs = _surroundings(part, part.pool)
    if part.domain is None or part.settings.domain is None:
        steps = tuple(_like_photographs(photographs, part.pool, images, None))
        return Plan((), steps, (_covered_then(photographs, steps),), images)
    plan = _within(part.settings.domain, part.domain, part.pool, photographs, images)
    return plan if part is result else dataclasses.replace(plan, things="objects")


def planned_part(result: Estimate) -> ScoreResult:
    """Return the result that is planned from: where a domain is one of objects, that of objects.

    Parameters
    ----------
    result
        Of a run in this process.

    Raises
    ------
    ValueError
        As `plan`.
    """
    if not isinstance(result, ScoreResult):
        raise ValueError(
            "expected a score of all images to plan from; one with a precision or budget has "
            "looked at some of them only"
        )
    if result.pool is None:
        raise ValueError("expected a result of this run; one that was read from disk has no images")
    views = (result.views or {}).values() if result.domain is None else ()
    of_objects = (view for view in views if view.domain is not None and view.pool is not None)
    return next(of_objects, result)


def _within(
    domain: Domain,
    figures: Intentionality,
    pool: ScoredPool,
    photographs: Surrounded,
    images: int,
) -> Plan:
    growing = _DomainPlan(domain, pool, photographs, images)
    match, pairs = growing.match, growing.pairs()
    for case, count in zip(domain.edge_cases, figures.edge_cases, strict=True):
        growing.add_edge_case(case, count.missing)
    growing.add_pairs()
    growing.add_cells()
    growing.add_photographs()
    growing.add_rest()
    steps, then = tuple(growing.steps), growing.pairs()
    expected = [Expectation("match", match, growing.match)]
    if pairs is not None and then is not None:
        expected.append(Expectation("pairs", pairs.share, then.share))
    expected.append(_covered_then(photographs, steps))
    names = tuple(condition.name for condition in domain.conditions)
    return Plan(names, steps, tuple(expected), images)


def _surroundings(result: ScoreResult, pool: ScoredPool) -> Surrounded:
    covered = None
    if COVERED in result.samples.column_names:
        flags = result.samples[COVERED].slice(0, pool.n_real).to_pylist()
        if all(flag is not None for flag in flags):
            # With groups, it is how often draws of one image a group reach it.
            covered = np.array(flags, dtype=np.float64) > 0.5
    rows, renders = _one_of_each_group(pool.real), _one_of_each_group(pool.synthetic)
    return surroundings_of_photographs(
        pool.real.vectors[rows],
        pool.synthetic.vectors[renders],
        result.settings.search,
        rows=rows,
        covered=None if covered is None else covered[rows],
    )


def _one_of_each_group(side: Embeddings) -> IdArray:
    if side.groups is None:
        return np.arange(len(side.vectors))
    return np.sort(np.unique(np.asarray(side.groups), return_index=True)[1])


@dataclass(frozen=True, slots=True)
class _Place:
    """Where photographs lie in a domain: shape (n_real,), the cell of each, and its layout."""

    cells: IdArray
    layout: Cells


def _like_photographs(
    photographs: Surrounded, pool: ScoredPool, images: int, place: _Place | None
) -> Iterator[Step]:
    """Plan a render like each of the photographs that cover most, as long as there is one."""
    inside = np.ones(pool.n_real, dtype=np.bool_) if place is None else place.cells != OUTSIDE
    for (row, gain), _ in zip(photographs.greedy(inside), range(images), strict=False):
        values = () if place is None else place.layout.values(int(place.cells[row]))
        name = pool.real.names[row]
        yield Step(
            "photograph",
            name,
            values,
            "",
            1,
            name,
            row,
            gain / len(photographs.rows),
            "covered now",
        )


def _covered_then(photographs: Surrounded, steps: tuple[Step, ...]) -> Expectation:
    now = float(photographs.covered.mean())
    return Expectation(
        "covered now", now, now + sum(step.gain for step in steps if step.kind == "photograph")
    )


class _DomainPlan:
    """A plan that grows step by step; what one step plans counts for the next."""

    def __init__(
        self, domain: Domain, pool: ScoredPool, photographs: Surrounded, images: int
    ) -> None:
        self._domain, self._pool, self._photographs = domain, pool, photographs
        real = place_images(domain, pool.real.columns, len(pool.real.vectors))
        there = place_images(domain, pool.synthetic.columns, len(pool.synthetic.vectors))
        self._layout = there.layout
        self.real = _Place(real.cells, self._layout)
        self._codes = there.codes[~there.excluded]
        self._there = Shortfall(self._layout, there.cells, images)
        self.steps: list[Step] = []

    @property
    def left(self) -> int:
        """Renders that may still be planned."""
        return self._there.left

    @property
    def match(self) -> float:
        """Of the images there and those planned."""
        return self._there.match

    def pairs(self) -> PairCoverage | None:
        """Cover pairs by the images there and those planned."""
        planned = np.repeat(self._layout.codes, self._there.planned, axis=0)
        return cover_pairs(self._domain, np.concatenate([self._codes, planned]))

    def add_edge_case(self, case: EdgeCase, missing: int) -> None:
        """Plan the images that an edge case lacks, in the cells that it leaves open."""
        conditions = [item for item in case.clause.where if self._domain.condition(item[0])]
        among = clause_cells(Clause(tuple(conditions)), self._domain, self._layout.codes)
        assert among is not None
        for cell, renders in self._there.plan(missing, among).items():
            share = renders / case.at_least
            self._add("edge case", case.name, str(case.clause), cell, renders, share)

    def add_pairs(self) -> None:
        """Plan the images that pairs of values lack."""
        pairs, before = self.pairs(), self._there.planned.copy()
        for pair in () if pairs is None else pairs.missing:
            where = tuple(zip(pair.conditions, ((value,) for value in pair.values), strict=True))
            among = clause_cells(Clause(where), self._domain, self._layout.codes)
            assert among is not None
            assert pairs is not None
            # What was planned since may have brought it.
            there = pair.images + int((self._there.planned - before)[among].sum())
            planned = self._there.plan(max(pair.wanted - there, 0), among)
            for cell, renders in planned.items():
                gain = renders / (pair.wanted - there) / pairs.pairs
                self._add("pair", pair.name, "", cell, renders, gain)

    def add_cells(self) -> None:
        """Plan what cells are short of by now, those that lack most first."""
        missing = self._there.missing()
        for cell in np.argsort(-missing, kind="stable")[: np.count_nonzero(missing)].tolist():
            self._add_cell(cell, int(missing[cell]))

    def add_photographs(self) -> None:
        """Plan a render like each of the photographs that cover most."""
        for step in _like_photographs(self._photographs, self._pool, self.left, self.real):
            assert step.row is not None
            self._there.take(int(self.real.cells[step.row]), 1)
            self.steps.append(step)

    def add_rest(self) -> None:
        """Spread what is left over the cells, as they are wanted at the size of the set then."""
        everywhere = np.ones(len(self._layout), dtype=np.bool_)
        before = self.match
        planned = self._there.plan(self.left, everywhere)
        renders = sum(planned.values())
        for cell, count in planned.items():
            gain = (self.match - before) * count / renders
            self._add("cell", self._layout.name(cell), "", cell, count, gain)

    def _add_cell(self, cell: int, renders: int) -> None:
        before = self.match
        among = np.arange(len(self._layout)) == cell
        for planned in self._there.plan(renders, among).values():
            gain = self.match - before
            self._add("cell", self._layout.name(cell), "", cell, planned, gain)

    def _add(self, kind: Kind, name: str, where: str, cell: int, renders: int, gain: float) -> None:
        shown = np.flatnonzero(self.real.cells == cell)
        # One that no render comes near yet serves two ends.
        uncovered = self._photographs.rows[~self._photographs.covered]
        shown = shown[np.argsort(~np.isin(shown, uncovered), kind="stable")]
        row = int(shown[0]) if len(shown) else None
        photograph = None if row is None else self._pool.real.names[row]
        values = self._layout.values(cell)
        self.steps.append(
            Step(kind, name, values, where, renders, photograph, row, gain, GAIN_IN[kind])
        )
