"""A result in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.base.printable import printable
from twinscore.report.figures import as_sure_as, interval_of

if TYPE_CHECKING:
    from twinscore.scoring.estimate import Estimate


def brief_line(result: Estimate) -> str:
    """Write score, interval, sides and verdict on one line, without its end."""
    low, high = interval_of(result)
    score, least, most = (as_sure_as(value, (low, high)) for value in (result.score, low, high))
    return printable(f"{score} ({least} to {most}) {sides_of(result)}: {result.verdict}")


def summary_line(result: Estimate) -> str:
    """Say what kind of result it is and what it found: its ``repr``."""
    counts = f"{result.n_real:,} real, {result.n_synthetic:,} synthetic images"
    return f"<{type(result).__name__} {brief_line(result)} {counts}>"


def sides_of(result: Estimate) -> str:
    """Name the two sides as they were given."""
    names = (result.inputs[side] or f"{side} images" for side in ("synthetic", "real"))
    return " against ".join(names)
