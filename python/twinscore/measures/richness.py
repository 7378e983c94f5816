"""Information Richness: how much of reality synthetic images reach, and how many of them count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.measures.gaps import GapExample
    from twinscore.measures.richness_slices import RichnessSlice

FEWEST_UNITS = 10
"""Of each side; of fewer, no share is told."""

LEAST_ON_DOMAIN = 0.1
"""On-domain share below which coverage says nothing: a gap in style hides what is reached."""


@dataclass(frozen=True, slots=True)
class Richness:
    """Coverage and its relatives, of units: groups, or images, near-copies of a side being one.

    Attributes
    ----------
    units
        "real" and "synthetic": number of units.
    k
        "real" and "synthetic": own neighbor at which the runs of a side stop.
    coverage, covered_now
        Share of the real units that this recipe reaches, now or with more images of the same
        kind, and those reached now.
    on_domain
        Share of the synthetic units that lie where real ones do; the others are foreign.
    yield_
        Photographs that one synthetic unit is worth, see `photograph_yield`; "yield" in JSON.
    worth
        Photographs that would bring reality as near as all synthetic units: their number times
        the least of yield, on-domain share and 1.
    distinct, redundancy
        Synthetic images less near-copies of others, and the share these are.
    copied
        Share of the synthetic units that lie nearer to a real one than these to each other.
    fresh
        On-domain share less copied.
    next_
        What more images of the same recipe are expected to reach newly: dicts of "images" and
        "gain", a share of the real units; "next" in JSON.
    gaps
        Real units that no synthetic one comes near.
    gap_examples
        Images that stand for them.
    slices
        Each value of the columns asked for, and of those that real images have.
    tension
        Share of the synthetic units kept, the most realistic ones, and their score, coverage and
        worth; empty without diagnostics.
    intervals
        95 % intervals by name: coverage, on_domain, yield, worth, distinct, copied.
    twin
        By name, coverage and on_domain: where those of about 95 % of perfect twins fall.
    """

    units: dict[str, int]
    k: dict[str, int]
    coverage: float
    covered_now: float
    on_domain: float
    yield_: float
    worth: float
    distinct: int
    redundancy: float
    copied: float
    fresh: float
    next_: tuple[dict[str, float], ...]
    gaps: int
    gap_examples: tuple[GapExample, ...]
    slices: tuple[RichnessSlice, ...]
    tension: tuple[dict[str, float], ...]
    intervals: dict[str, tuple[float, float]]
    twin: dict[str, tuple[float, float]]

    @property
    def domain_gap(self) -> bool:
        """Whether so few synthetic images are on-domain that coverage says nothing."""
        return self.on_domain < LEAST_ON_DOMAIN


@dataclass(frozen=True, slots=True)
class RichnessUntold:
    """Why a result has no richness.

    Attributes
    ----------
    reason
        One line.
    """

    reason: str
