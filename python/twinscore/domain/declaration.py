"""A declared domain of operation: which conditions images are meant to show, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

Wanted: TypeAlias = "str | float | bool"
"""A value that an image may have in a column, as TOML spells it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that varies from image to image, and how often each of its values is wanted.

    Attributes
    ----------
    name
        As declared.
    column
        Of the sources that holds it.
    values
        The values that belong to the domain; of a condition with `edges`, its bins by name.
    shares
        How often each is wanted; they sum to 1.
    edges
        Ends of the bins, ascending, one more than there are values; None where values are words.
    examples
        Folder of example images, by which values are told where no column holds them.
    """

    name: str
    column: str
    values: tuple[str, ...]
    shares: tuple[float, ...]
    edges: tuple[float, ...] | None = None
    examples: Path | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """What images have in common: in each of some columns one of some values.

    Attributes
    ----------
    where
        Pairs of a condition's name, or else a column's, and the values it may have.
    """

    where: tuple[tuple[str, tuple[Wanted, ...]], ...]

    def __str__(self) -> str:
        return ", ".join(
            f"{column} = {' or '.join(map(_spelled, values))}" for column, values in self.where
        )


@dataclass(frozen=True, slots=True)
class EdgeCase:
    """A rare case that must be there.

    Attributes
    ----------
    name
        As declared.
    clause
        Which images show it.
    at_least
        How many are wanted.
    """

    name: str
    clause: Clause
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A declared domain of operation; `load_domain` reads and checks one.

    Attributes
    ----------
    file
        Where it was declared.
    conditions
        In the order of the file.
    pair_minimum
        Images wanted of each pair of values of two conditions; None where none were asked for.
    edge_cases, excluded
        What must be there, and what must not.
    notes
        What was put right while reading.
    """

    file: Path
    conditions: tuple[Condition, ...]
    pair_minimum: int | None = None
    edge_cases: tuple[EdgeCase, ...] = ()
    excluded: tuple[Clause, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def by_example(self) -> tuple[str, ...]:
        """Names of conditions that are told by example."""
        return tuple(item.name for item in self.conditions if item.examples is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that images must carry, those of examples left out."""
        named = {item.name: item.column for item in self.conditions}
        clauses = (*(case.clause for case in self.edge_cases), *self.excluded)
        asked = [item.name for item in self.conditions]
        asked += [column for clause in clauses for column, _ in clause.where]
        return tuple(
            dict.fromkeys(named.get(name, name) for name in asked if name not in self.by_example)
        )

    def condition(self, name: str) -> Condition | None:
        """Return the condition of a name, None where the name is that of another column."""
        return next((item for item in self.conditions if item.name == name), None)

    def to_dict(self) -> dict[str, Any]:
        """Return what was declared as JSON types."""
        return {
            "conditions": {
                item.name: {
                    "column": item.column,
                    "shares": dict(zip(item.values, item.shares, strict=True)),
                    "by_example": item.examples is not None,
                }
                for item in self.conditions
            },
            "pairs": self.pair_minimum,
            "edge_cases": [
                {"name": case.name, "where": str(case.clause), "at_least": case.at_least}
                for case in self.edge_cases
            ],
            "excluded": [str(clause) for clause in self.excluded],
        }


def bin_name(low: float, high: float) -> str:
    """Name the numbers from `low` up to, but not including, `high`."""
    if low == float("-inf"):
        return f"below {high:g}"
    return f"{low:g} and more" if high == float("inf") else f"{low:g} to {high:g}"


def _spelled(value: Wanted) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
