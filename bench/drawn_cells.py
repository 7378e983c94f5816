"""Cells of a simulation, drawn a few at a time into a record, and rows of the tables they make.

Cell after cell and round after round: what was stopped goes on where it was.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from _typeshed import DataclassInstance

    from twinscore.base.arrays import Float64Array

    Cell = TypeVar("Cell", bound=DataclassInstance)
else:
    Cell = TypeVar("Cell")

DRAWS_AT_ONCE = 20
DIGITS = 4


def kept_draws(record: Path, kind: type[Cell]) -> dict[Cell, list[list[float]]]:
    """Read the draws of each cell that are in a record."""
    kept: dict[Cell, list[list[float]]] = {}
    if record.exists():
        for line in record.read_text().splitlines():
            part = json.loads(line)
            kept.setdefault(kind(**part["cell"]), []).extend(part["draws"])
    return kept


def drawn_cells(
    cells: Iterable[tuple[Cell, int]],
    measure: Callable[[Cell, int], list[float]],
    record: Path,
    minutes: float = float("inf"),
) -> dict[Cell, Float64Array]:
    """Draw what is missing in a record.

    Parameters
    ----------
    cells
        Each with how often it is to be drawn, those to be drawn first before others.
    measure
        Takes a cell and the number of a draw, and returns its values.
    record
        That is read, and written to.
    minutes
        Of processor time, after which no cell is begun.

    Returns
    -------
    Of each cell with draws their values, shape (draws, values).
    """
    wanted = dict(cells)
    record.parent.mkdir(parents=True, exist_ok=True)
    kept = kept_draws(record, type(next(iter(wanted))))
    for first in range(0, max(wanted.values()), DRAWS_AT_ONCE):
        for cell, draws in wanted.items():
            done = len(kept.get(cell, []))
            if done > first or done >= draws or time.process_time() >= 60.0 * minutes:
                continue
            drawn = [
                [_short(value) for value in measure(cell, draw)]
                for draw in range(done, min(first + DRAWS_AT_ONCE, draws))
            ]
            kept[cell] = kept.get(cell, []) + drawn
            part = {"cell": asdict(cell), "draws": drawn}
            with record.open("a") as lines:
                lines.write(json.dumps(part, separators=(",", ":")) + "\n")
    return {cell: np.array(kept[cell]) for cell in wanted if cell in kept}


def _short(value: float) -> float | int:
    """Round to what tables need; whole numbers are shorter without a point."""
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded


def with_error(share: float, count: int) -> str:
    """Write a share with its standard error."""
    return f"{share:.1%} ± {np.sqrt(share * (1.0 - share) / count):.1%}"


def table_row(cells: list[str]) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(cells) + " |"


def table_head(cells: list[str]) -> str:
    """Return the head of a table, numbers to the right."""
    return table_row(cells) + "\n|---|" + "---:|" * (len(cells) - 1)
