"""A domain file, read and checked: every error names the file, the line and the key."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from twinscore.base.printable import printable
from twinscore.domain.cells import Cells, cells_of
from twinscore.domain.declaration import Clause, Condition, Domain, EdgeCase, Wanted, bin_name
from twinscore.domain.examples import values_with_examples
from twinscore.domain.toml_table import TomlTable, described, read_toml
from twinscore.domain.values import declared_value

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

ROUNDED = 1e-6
"""How far from 1 shares may sum to and still be taken as they are."""

UNREACHED = 0.005
"""Difference of shares that is worth a word."""

MOST_CELLS = 10_000
"""Combinations of values; with more, hardly any would hold two images."""


def load_domain(file: str | os.PathLike[str]) -> Domain:
    """Read a declared domain of operation.

    Parameters
    ----------
    file
        TOML with the tables conditions, pairs, edge_cases and excluded.

    Raises
    ------
    FileNotFoundError
        There is no such file, or no folder of examples that it names.
    ValueError
        What it says cannot be meant; the message names file, line and key.
    """
    root = read_toml(file)
    root.check_keys(("conditions", "pairs", "edge_cases", "excluded"), "a domain")
    if "conditions" not in root.values:
        root.refuse("expected at least one condition, as [conditions.weather], got none")
    notes: list[str] = []
    declared = root.table("conditions")
    conditions = tuple(_condition(declared.table(name), notes) for name in declared.values)
    _check_columns(declared, conditions)
    cells = math.prod(len(item.values) for item in conditions)
    if cells > MOST_CELLS:
        declared.refuse(
            f"expected at most {MOST_CELLS:,} combinations of values, got {cells:,}: "
            "leave conditions out, or make their bins wider"
        )
    domain = Domain(
        file=root.source.file,
        conditions=conditions,
        pair_minimum=_pair_minimum(root, conditions),
        edge_cases=_edge_cases(root, conditions),
        excluded=tuple(_clause(table, conditions) for table in root.tables("excluded")),
    )
    layout = cells_of(domain)
    if not layout.targets.any():
        root.refuse("expected some combination that is wanted, but all are excluded", "excluded")
    return replace(domain, notes=(*notes, *_unreached(layout)))


def _condition(table: TomlTable, notes: list[str]) -> Condition:
    table.check_keys(("column", "shares", "bins", "weights", "examples"), "a condition")
    name, given = str(table.path[-1]), table.values
    if not name.strip():
        table.refuse("expected a condition with a name, got an empty one")
    kinds = [key for key in ("shares", "bins") if key in given]
    if len(kinds) == 2:
        table.refuse("expected either shares or bins, got both", "bins")
    if not kinds and "examples" not in given:
        table.refuse("expected shares, bins or examples, got none of them")
    if "weights" in given and "bins" not in given:
        table.refuse("weights are those of bins, and there are none", "weights")
    if "examples" in given:
        for key in ("column", "bins"):
            if key in given:
                table.refuse(f"expected examples or {key}, got both", key)
        return _by_example(table, name, notes)
    column = table.text("column") if "column" in given else name
    if "bins" in given:
        return _binned(table, name, column, notes)
    values, shares = _shares(table, notes)
    return Condition(name, column, values, shares)


def _shares(table: TomlTable, notes: list[str]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    wanted = table.table("shares")
    folded: dict[str, str] = {}
    for value in wanted.values:
        same = folded.setdefault(value.strip().casefold(), value)
        if same != value:
            wanted.refuse(f"the same value as {same!r}: case and outer spaces do not count", value)
        if not value.strip():
            wanted.refuse("expected a value with a name, got an empty one", value)
    shares = [wanted.share(value) for value in wanted.values]
    return tuple(wanted.values), _normalised(table, "shares", shares, notes)


def _normalised(
    table: TomlTable, key: str, shares: Sequence[float], notes: list[str]
) -> tuple[float, ...]:
    total = math.fsum(shares)
    if total <= 0.0:
        table.refuse("expected at least one share above 0, got none", key)
    if abs(total - 1.0) > ROUNDED:
        name = table.path[-1]
        notes.append(
            printable(f"the {key} of {name} sum to {total:g}; they were divided by that sum")
        )
    return tuple(share / total for share in shares)


def _binned(table: TomlTable, name: str, column: str, notes: list[str]) -> Condition:
    edges = table.numbers("bins")
    if len(edges) < 2:
        table.refuse(f"expected at least two ends of bins, got {len(edges)}", "bins")
    for place, (low, high) in enumerate(itertools.pairwise(edges)):
        if low >= high:
            table.refuse(f"expected ascending ends, got {high:g} after {low:g}", "bins", place + 1)
    values = tuple(bin_name(low, high) for low, high in itertools.pairwise(edges))
    if len(set(values)) < len(values):
        table.refuse("expected ends that differ in six digits, got closer ones", "bins")
    if "weights" not in table.values:
        return Condition(name, column, values, (1.0 / len(values),) * len(values), tuple(edges))
    weights = table.numbers("weights")
    if len(weights) != len(values):
        table.refuse(
            f"expected a weight for each of the {len(values)} bins, got {len(weights)}", "weights"
        )
    for place, weight in enumerate(weights):
        if not 0.0 <= weight <= 1e12:
            table.refuse(f"expected a weight from 0 to 1, got {weight:g}", "weights", place)
    shares = _normalised(table, "weights", weights, notes)
    return Condition(name, column, values, shares, tuple(edges))


def _by_example(table: TomlTable, name: str, notes: list[str]) -> Condition:
    folder = table.source.file.parent / table.text("examples")
    try:
        found = values_with_examples(folder)
    except OSError as error:
        table.refuse(f"expected a folder of examples: {error}", "examples")
    if not found:
        table.refuse(f"expected a folder in {folder} for each value, got none", "examples")
    if "shares" not in table.values:
        return Condition(name, name, found, (1.0 / len(found),) * len(found), examples=folder)
    values, shares = _shares(table, notes)
    for value in values:
        if value not in found:
            table.refuse(f"expected examples of it in {folder}, got none", "shares", value)
    without = [value for value in found if value not in values]
    return Condition(
        name, name, (*values, *without), (*shares, *(0.0,) * len(without)), examples=folder
    )


def _check_columns(declared: TomlTable, conditions: tuple[Condition, ...]) -> None:
    seen: dict[str, str] = {}
    for item in conditions:
        other = seen.setdefault(item.column, item.name)
        if other != item.name:
            declared.refuse(f"its column {item.column!r} is that of {other} already", item.name)


def _pair_minimum(root: TomlTable, conditions: tuple[Condition, ...]) -> int | None:
    if "pairs" not in root.values:
        return None
    pairs = root.table("pairs")
    pairs.check_keys(("at_least",), "pairs")
    if len(conditions) < 2:
        root.refuse("expected two conditions or more to make pairs of, got one", "pairs")
    return pairs.count("at_least")


def _edge_cases(root: TomlTable, conditions: tuple[Condition, ...]) -> tuple[EdgeCase, ...]:
    cases: dict[str, EdgeCase] = {}
    for table in root.tables("edge_cases"):
        table.check_keys(("name", "where", "at_least"), "an edge case")
        for key in ("name", "where"):
            if key not in table.values:
                table.refuse(f"expected a {key}, got none")
        name = table.text("name")
        if name in cases:
            table.refuse(f"expected another name: there is an edge case {name!r} already", "name")
        at_least = table.count("at_least") if "at_least" in table.values else 1
        cases[name] = EdgeCase(name, _clause(table.table("where"), conditions), at_least)
    return tuple(cases.values())


def _clause(table: TomlTable, conditions: tuple[Condition, ...]) -> Clause:
    if not table.values:
        table.refuse("expected at least one condition, got none")
    where = []
    for key, value in table.values.items():
        values = value if isinstance(value, list) else [value]
        if not values:
            table.refuse("expected a value or several, got an empty array", key)
        condition = next((item for item in conditions if item.name == key), None)
        where.append((key, tuple(_wanted(table, key, item, condition) for item in values)))
    return Clause(tuple(where))


def _wanted(table: TomlTable, key: str, value: object, condition: Condition | None) -> Wanted:
    """Check one value of a clause; those of a condition must be declared there."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 1e300:
        value = float(value)
    if not isinstance(value, str | bool | float) or value != value:
        table.refuse(f"expected a text, a number, true or false, got {described(value)}", key)
    if condition is None:
        return value
    found = declared_value(condition, value)
    if found is None:
        table.refuse(f"expected one of {', '.join(condition.values)}, got {described(value)}", key)
    return found


def _unreached(layout: Cells) -> Iterator[str]:
    """Say which shares no mix without the excluded combinations has."""
    for place, condition in enumerate(layout.domain.conditions):
        for code, (value, share) in enumerate(zip(condition.values, condition.shares, strict=True)):
            reached = layout.share(place, code)
            if abs(reached - share) > UNREACHED:
                yield printable(
                    f"{condition.name} = {value}: what is excluded leaves {reached:.0%} of the "
                    f"images instead of {share:.0%}"
                )
