"""Two records are compared case by case; noise is no change."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from twinscore.cli.bench.comparison import changes
from twinscore.cli.bench.record import Case, Measurement, Record

PROGRAM = Path(__file__).parents[3] / "bench" / "compare.py"


def record(seconds: float, recall: float = 1.0, spread: float = 0.0) -> Record:
    runs = (seconds, seconds * (1 + spread), seconds * (1 - spread / 4))
    return Record(
        Case("clusters", 2_000, 32, "exact", 1, 2),
        Measurement(0.0, seconds, runs, 2 * seconds, None),
        *(recall, 0.7, 0.0, None, 0.5, "a processor", "0.1.0"),
    )


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (record(1.0), record(1.05), "same"),
        (record(1.0), record(1.5), "slower"),
        (record(1.0), record(0.5), "faster"),
        (record(1.0, spread=0.6), record(1.5), "same"),
        (record(1.0), record(0.5, recall=0.9), "finds less"),
    ],
)
def test_a_change_counts_beyond_the_noise(old: Record, new: Record, verdict: str) -> None:
    (change,) = changes([old], [new])
    assert change.verdict == verdict


def test_cases_in_one_record_only_are_left_out() -> None:
    other = record(1.0)
    assert changes([record(1.0)], [replace(other, case=replace(other.case, k=9))]) == []


@pytest.mark.parametrize(("seconds", "code"), [(1.0, 0), (2.0, 1)])
def test_the_program_ends_with_1_where_something_got_worse(
    tmp_path: Path, seconds: float, code: int
) -> None:
    files = [tmp_path / "old", tmp_path / "new"]
    for file, value in zip(files, (1.0, seconds), strict=True):
        file.write_text(record(value).to_json() + "\n")
    done = subprocess.run(
        [sys.executable, PROGRAM, *files], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code
    assert f"{100 * (seconds - 1):+6.1f} %" in done.stdout
