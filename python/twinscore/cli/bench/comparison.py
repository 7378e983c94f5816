"""Two records of the same cases: what changed beyond the noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.cli.bench.record import record_from_json

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.cli.bench.record import Case, Record

NOISE = 10.0
"""Percent: what medians of a quiet machine differ by without a reason."""

RECALL_NOISE = 0.002


@dataclass(frozen=True)
class Change:
    """One case before and after."""

    case: Case
    percent: float
    band: float
    recall_change: float

    @property
    def verdict(self) -> str:
        """Say what the change amounts to."""
        if self.recall_change < -RECALL_NOISE:
            return "finds less"
        if abs(self.percent) <= self.band:
            return "same"
        return "slower" if self.percent > 0 else "faster"


def changes(old: list[Record], new: list[Record], noise: float = NOISE) -> list[Change]:
    """Match cases of both records; of a case measured twice, the last counts.

    The band is the noise, widened to the spread of the repeats: their range over the median.
    """
    before = {record.case: record for record in old if record.measurement is not None}
    after = {record.case: record for record in new if record.measurement is not None}
    found = []
    for case in after:
        if case not in before:
            continue
        first, second = before[case], after[case]
        percent = 100.0 * (second.seconds / first.seconds - 1.0)
        band = max(noise, _spread(first), _spread(second))
        recall_change = (second.recall or 0.0) - (first.recall or 0.0)
        found.append(Change(case, percent, band, recall_change))
    return found


def read_records(file: Path) -> list[Record]:
    """Read a file of JSON lines."""
    return [record_from_json(line) for line in file.read_text().splitlines()]


def _spread(record: Record) -> float:
    assert record.measurement is not None
    seconds = record.measurement.total_seconds
    return 100.0 * (max(seconds) - min(seconds)) / record.seconds
