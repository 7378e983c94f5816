"""A first domain file, from the columns that a source of images has."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.values import as_number
from twinscore.images.sources.folder_levels import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.base.arrays import Float64Array
    from twinscore.domain.values import Columns

MOST_VALUES = 20
"""Of a condition in words; a column with more names images rather than conditions."""

MOST_DRAFTED_CELLS = 200
"""Combinations of values; conditions beyond are left as comments."""

NUMBERS = 0.95
"""Share of a column's values that are numbers, from which on they go into bins."""

BINS = 4

HEADING = """\
# What these images are meant to show. This draft was made from {source}:
# its shares are those there are, not those that are wanted. Change them to what is wanted.
# 'twinscore domain check FILE SOURCE' counts what is there and what is missing.
"""

ENDING = """
# Pairs of values of two conditions, each with at least so many images:
# [pairs]
# at_least = 20

# Rare cases that must be there; "where" may ask for any column:
# [[edge_cases]]
# name = "child in the rain at night"
# where = { weather = "rain", light = "night", child = true }
# at_least = 200

# Combinations that must not be there:
# [[excluded]]
# weather = "fog"
# light = "night"

# A condition that no column holds, told by a folder of example images for each value, ten or more:
# [conditions.scene]
# examples = "examples/scene/"
"""


@dataclass(frozen=True, slots=True)
class _Draft:
    """Lines of a condition, and how many values it has."""

    lines: tuple[str, ...]
    values: int


def draft_domain(columns: Columns, source: str) -> str:
    """Write a first domain file.

    Parameters
    ----------
    columns
        Of the images; those that name each image are passed over.
    source
        Where the images lie, for the heading.

    Returns
    -------
    TOML with comments; `load_domain` reads it.

    Raises
    ------
    ValueError
        No column varies as a condition does.
    """
    parts, cells, left_out = [], 1, []
    for name in sorted(columns):
        if name == FOLDER:
            continue
        draft = _drafted(name, columns[name]) if name.strip() else None
        if draft is None:
            left_out.append(name)
            continue
        if cells * draft.values > MOST_DRAFTED_CELLS:
            commented = "\n".join(f"# {line}" for line in draft.lines)
            parts.append(f"# Left out, for there would be too many combinations:\n{commented}\n")
            continue
        cells *= draft.values
        parts.append("\n".join(draft.lines) + "\n")
    if cells == 1:
        there_are = ", ".join(sorted(columns)) or "none"
        raise ValueError(
            f"{source}: expected a column whose values several images share, such as the weather "
            f"(columns: {there_are}); a manifest, folders or sidecars may hold one"
        )
    note = ""
    if left_out:
        named = ", ".join(map(_comment, left_out))
        note = f"\n# Passed over, for they name images or are all alike: {named}\n"
    return "\n".join([HEADING.format(source=_comment(source)), *parts]) + note + ENDING


def _drafted(name: str, column: Sequence[str | None]) -> _Draft | None:
    known = [value.strip() for value in column if value is not None and value.strip()]
    counts = Counter(known)
    if len(counts) < 2:
        return None
    head = [f"[conditions.{_quoted(name)}]"]
    if len(known) < len(column):
        head.append(f"# {len(column) - len(known):,} of {len(column):,} images have no value.")
    numbers = [number for value in known if (number := as_number(value)) is not None]
    finite = np.array([number for number in numbers if math.isfinite(number)])
    if len(counts) > BINS and len(finite) >= NUMBERS * len(known):
        return _binned(head, finite)
    return _in_words(head, counts, len(known))


def _binned(head: list[str], numbers: Float64Array) -> _Draft | None:
    edges = _round_edges(float(numbers.min()), float(numbers.max()))
    counts = np.histogram(numbers, edges)[0]
    if len(edges) < 3:
        return None
    spelled = ", ".join(f"{edge:g}" for edge in edges)
    lines = (
        *head,
        f"bins = [{spelled}]",
        f"# weights = [{', '.join(map(str, counts.tolist()))}]   # as there are; equal without",
    )
    return _Draft(lines, len(edges) - 1)


def _round_edges(low: float, high: float) -> list[float]:
    """Cut a range into about four bins at round numbers."""
    rough = (high - low) / BINS
    if not 0.0 < rough < 1e300:
        return []
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * unit for unit in (1.0, 2.0, 2.5, 5.0, 10.0) if power * unit >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [float(f"{place * step:.12g}") for place in range(first, max(last, first + 1) + 1)]


def _in_words(head: list[str], counts: Counter[str], total: int) -> _Draft | None:
    folded = Counter[str]()
    spelling: dict[str, str] = {}
    for value, count in counts.most_common():
        folded[spelling.setdefault(value.casefold(), value)] += count
    if not 2 <= len(folded) <= MOST_VALUES or len(folded) > total / 2:
        return None
    parts = [f"{_quoted(value)} = {count / total:.3g}" for value, count in _ordered(folded)]
    return _Draft((*head, f"shares = {{ {', '.join(parts)} }}"), len(folded))


def _ordered(counts: Counter[str]) -> Iterator[tuple[str, int]]:
    return iter(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _quoted(text: str) -> str:
    """Write a key as TOML does."""
    if text.isascii() and text.replace("_", "").replace("-", "").isalnum():
        return text
    encodable = text.encode("utf-8", "backslashreplace").decode()
    return json.dumps(encodable, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """Write a text that stays within its line."""
    return " ".join(json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "").split())
