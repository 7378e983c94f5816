"""What `bench/explain.py` keeps of each case."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOWERED = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One split with its faults.

    Attributes
    ----------
    fault, strength, split
        What was put in, and the random halves; more than one fault joined by "+".
    images
        Of each half.
    expected
        Facts whose repair is right, one of each fault.
    untouched, score
        Of the halves before and after the fault.
    first_repair, repaired
        With the first repair alone and with all; as `score` where there are none.
    named, harmless
        Facts, in the order in which they are told.
    explained
        Whether it was: a fault that lowers the score by less than `LOWERED` is not, but for the
        strongest.
    score_seconds, explain_seconds
        Of the processor, on one thread: embedding both halves and scoring them without diagnostics;
        explaining.
    """

    fault: str
    strength: str
    split: int
    images: int
    expected: tuple[str, ...]
    untouched: float
    score: float
    first_repair: float
    repaired: float
    named: tuple[str, ...]
    harmless: tuple[str, ...]
    explained: bool
    score_seconds: float
    explain_seconds: float

    @property
    def is_lowered(self) -> bool:
        """Whether the fault lowers the score by as much as must be explained."""
        return self.score <= self.untouched - LOWERED


def read_record(file: Path) -> list[Case]:
    """Read what was measured before."""
    if not file.exists():
        return []
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    lists = ("expected", "named", "harmless")
    return [Case(**{**row, **{name: tuple(row[name]) for name in lists}}) for row in rows]


def add_to_record(file: Path, case: Case) -> None:
    """Keep a case."""
    with file.open("a", encoding="utf-8") as record:
        record.write(json.dumps(asdict(case)) + "\n")
