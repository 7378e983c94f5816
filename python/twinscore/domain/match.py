"""How the mix of synthetic images matches the mix that was declared."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.cells import clause_cells
from twinscore.domain.values import UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.domain.declaration import Condition, Domain

PLANS, FEWEST_PLANS = 1_000, 100
DRAWN = 20_000_000
"""Images or cells that all draws of perfect plans look at together."""


@dataclass(frozen=True, slots=True)
class PlanRange:
    """What a set drawn at random by the plan itself would reach: its mean, and 95 % of its draws.

    Where groups are given, it is a group that is drawn, with all of its images.
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ValueCount:
    """How many synthetic images have a value, and how many were wanted.

    Attributes
    ----------
    value
        As declared.
    target
        Its declared share.
    wanted, images
        Of as many images as there are, rounded so that they sum to these; and those there are.
    missing, excess
        Images short of what was wanted, and beyond it.
    """

    value: str
    target: float
    wanted: int
    images: int
    missing: int
    excess: int


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A value that was not declared, and how many images have it; None for those without one."""

    value: str | None
    images: int


@dataclass(frozen=True, slots=True)
class ConditionMatch:
    """One condition: what was wanted of each value, and what is there.

    Attributes
    ----------
    condition
        Its name.
    match
        Share of images that are where they were wanted: the sum over values of the smaller of
        the wanted share and the share there is.
    perfect_plan
        What a set drawn by the plan reaches.
    values
        In the order of their declaration.
    undeclared
        The most frequent first.
    """

    condition: str
    match: float
    perfect_plan: PlanRange
    values: tuple[ValueCount, ...]
    undeclared: tuple[Undeclared, ...]


@dataclass(frozen=True, slots=True)
class PairCount:
    """Images that show two values together, and how many were wanted."""

    conditions: tuple[str, str]
    values: tuple[str, str]
    images: int
    wanted: int

    @property
    def name(self) -> str:
        """The two values."""
        return " + ".join(self.values)


@dataclass(frozen=True, slots=True)
class PairCoverage:
    """Combinations of two values that are there often enough (2-way coverage, Kuhn 2012).

    Attributes
    ----------
    share
        Covered pairs of all.
    covered, pairs
        Pairs with as many images as wanted, and all that are allowed and wanted.
    missing
        The others, those with the fewest images first.
    """

    share: float
    covered: int
    pairs: int
    missing: tuple[PairCount, ...]


def match_condition(
    condition: Condition,
    codes: IdArray,
    column: Sequence[str | None],
    excluded: BoolArray,
    groups: IdArray,
) -> ConditionMatch:
    """Compare the values of synthetic images with what was declared.

    Parameters
    ----------
    condition
        What was declared.
    codes
        Shape (n,): place of each image's value, `UNDECLARED` for none of them.
    column
        Length n: the values as they stand.
    excluded
        Shape (n,): images of a kind that was excluded, which fill no place.
    groups
        Shape (n,): images of one group were drawn together.
    """
    targets = np.array(condition.shares)
    counts = np.bincount(codes[(codes != UNDECLARED) & ~excluded], minlength=len(targets))
    strangers = Counter(
        value for value, code in zip(column, codes.tolist(), strict=True) if code == UNDECLARED
    )
    wanted = whole_numbers(targets, len(codes))
    return ConditionMatch(
        condition.name,
        match_of(targets, counts, len(codes)),
        plan_range(targets, groups),
        tuple(
            ValueCount(value, share, due, there, max(due - there, 0), max(there - due, 0))
            for value, share, due, there in zip(
                condition.values, condition.shares, wanted, counts.tolist(), strict=True
            )
        ),
        tuple(
            Undeclared(value, images)
            for value, images in sorted(
                strangers.items(), key=lambda item: (-item[1], item[0] or "")
            )
        ),
    )


def match_of(targets: Float64Array, counts: IdArray, images: int) -> float:
    """Sum the smaller of the wanted share and the share there is."""
    return float(np.minimum(targets, counts / images).sum())


def whole_numbers(shares: Float64Array, total: int) -> list[int]:
    """Split a total by shares into whole numbers that sum to it (Hamilton's largest remainders)."""
    exact = shares * total
    numbers = np.floor(exact).astype(np.int64)
    left = total - int(numbers.sum())
    # Remainders that are equal but for rounding go to the first.
    order = np.argsort(-np.round(exact - numbers, 9), kind="stable")
    numbers[order[:left]] += 1
    return [int(number) for number in numbers]


def plan_range(targets: Float64Array, groups: IdArray) -> PlanRange:
    """Draw sets by the plan itself and see what they match.

    Parameters
    ----------
    targets
        Shape (m,).
    groups
        Shape (n,): images of one group get one value.
    """
    sizes = np.unique(groups, return_counts=True)[1]
    images, random = len(groups), np.random.default_rng(0)
    drawn = len(targets) if sizes.max() == 1 else max(len(sizes), len(targets))
    plans = int(np.clip(DRAWN // drawn, FEWEST_PLANS, PLANS))
    if sizes.max() == 1:
        shares = random.multinomial(images, targets, size=plans) / images
        matches = np.minimum(targets, shares).sum(axis=1)
    else:
        edges = np.cumsum(targets)
        matches = np.empty(plans)
        for number in range(plans):
            cells = np.searchsorted(edges, random.random(len(sizes)) * edges[-1], side="right")
            cells = np.minimum(cells, len(targets) - 1)
            counts = np.bincount(cells, sizes, minlength=len(targets))
            matches[number] = np.minimum(targets, counts / images).sum()
    low, high = np.quantile(matches, [0.025, 0.975]).tolist()
    return PlanRange(float(matches.mean()), low, high)


def cover_pairs(domain: Domain, codes: IdArray) -> PairCoverage | None:
    """Count the images of each pair of values of two conditions.

    Parameters
    ----------
    domain
        What was declared; pairs that are excluded, or have a value of which none is wanted, are
        not asked for.
    codes
        Shape (n, conditions), of the synthetic images.

    Returns
    -------
    None where no pairs were asked for.
    """
    if domain.pair_minimum is None:
        return None
    pairs = [
        PairCount(
            (domain.conditions[first].name, domain.conditions[second].name),
            (domain.conditions[first].values[one], domain.conditions[second].values[other]),
            int(np.count_nonzero((codes[:, first] == one) & (codes[:, second] == other))),
            domain.pair_minimum,
        )
        for first, second in itertools.combinations(range(len(domain.conditions)), 2)
        for one, other in itertools.product(
            *(np.flatnonzero(domain.conditions[place].shares).tolist() for place in (first, second))
        )
        if not _is_excluded(domain, {first: one, second: other})
    ]
    missing = [pair for pair in pairs if pair.images < pair.wanted]
    missing.sort(key=lambda pair: pair.images)
    covered = len(pairs) - len(missing)
    share = covered / len(pairs) if pairs else 1.0
    return PairCoverage(share, covered, len(pairs), tuple(missing))


def _is_excluded(domain: Domain, pair: dict[int, int]) -> bool:
    """Tell whether all cells with the two values are excluded by one clause about these alone."""
    codes = np.full((1, len(domain.conditions)), UNDECLARED, dtype=np.int64)
    for place, code in pair.items():
        codes[0, place] = code
    inside = (clause_cells(clause, domain, codes) for clause in domain.excluded)
    return any(bool(cells[0]) for cells in inside if cells is not None)
