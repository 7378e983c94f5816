"""What became better and worse in the images: facts of two synthetic sets against the real one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.fact_gaps import fact_gaps
from twinscore.scoring.explanation.wording import WORDINGS

if TYPE_CHECKING:
    import pyarrow as pa

    from twinscore.measures.fact_gaps import FactGap


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that sets one of two synthetic sets farther apart from real images than the other.

    Attributes
    ----------
    fact
        Its name.
    first, second
        Probability that a synthetic image of each set has more of it than a real one; 0.5: alike.
    change
        "repaired" where the second set no longer differs, "better", "worse", or "new" where the
        first did not differ.
    """

    fact: str
    first: float
    second: float
    change: str

    @property
    def sentence(self) -> str:
        """Say it in words."""
        name = WORDINGS[self.fact].name
        return {
            "repaired": f"{name} is repaired",
            "better": f"{name} got better",
            "worse": f"{name} got worse",
            "new": f"{name} went wrong",
        }[self.change]


def fact_changes(first: pa.Table, second: pa.Table) -> tuple[FactChange, ...]:
    """Compare two tables of samples, the largest change first.

    Only what both intervals tell is named: a fact changes where the distances of the two sets
    from 0.5 lie apart by more than both.

    Parameters
    ----------
    first, second
        As in `ScoreResult.samples`; where one lacks the facts, nothing is named.
    """
    before, after = _gaps(first), _gaps(second)
    changes = [
        change
        for fact in FACT_NAMES
        if fact in before
        and fact in after
        and (change := _change(before[fact], after[fact])) is not None
    ]
    return tuple(sorted(changes, key=lambda change: -abs(_apart(change.first, change.second))))


def _change(before: FactGap, after: FactGap) -> FactChange | None:
    if not (before.beyond_chance or after.beyond_chance) or not _differ(before, after):
        return None
    nearer = abs(after.separation - 0.5) < abs(before.separation - 0.5)
    if nearer:
        change = "better" if after.beyond_chance else "repaired"
    else:
        change = "worse" if before.beyond_chance else "new"
    return FactChange(before.fact, before.separation, after.separation, change)


def _differ(before: FactGap, after: FactGap) -> bool:
    """Tell whether neither interval reaches into the other."""
    return before.interval[1] < after.interval[0] or after.interval[1] < before.interval[0]


def _apart(first: float, second: float) -> float:
    return abs(second - 0.5) - abs(first - 0.5)


def _gaps(samples: pa.Table) -> dict[str, FactGap]:
    columns = [samples[name] for name in FACT_NAMES if _is_measured(samples, name)]
    if len(columns) != len(FACT_NAMES):
        return {}
    values = np.stack([column.to_numpy(zero_copy_only=False) for column in columns], axis=1)
    is_real = np.array(samples["side"].to_pylist()) == "real"
    groups = samples["group"].to_pylist()
    # Groups are separate per side; an image without one stands for itself.
    named = [
        f"{side} {group}" if group is not None else f"image {row}"
        for row, (side, group) in enumerate(zip(is_real.tolist(), groups, strict=True))
    ]
    units = np.unique(np.array(named), return_inverse=True)[1]
    return {gap.fact: gap for gap in fact_gaps(FACT_NAMES, values, is_real, units)}


def _is_measured(samples: pa.Table, name: str) -> bool:
    import pyarrow as pa

    return name in samples.column_names and pa.types.is_floating(samples.schema.field(name).type)
