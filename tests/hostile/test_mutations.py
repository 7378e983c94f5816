"""Whatever is damaged is read rightly or refused in a line: no fault, no hang, no flood."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from hostile.formats import FORMATS

MODULES = {"exr": "OpenImageIO", "clip": "av"}
SECONDS = 10.0
MEBIBYTES = 1024
FEW, MANY = 15, 1000
GUIDED_SECONDS = 60


def read_damaged(name: str, first: int, count: int) -> None:
    if name in MODULES:
        pytest.importorskip(MODULES[name])
    tests = Path(__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-m", "hostile.reader", name, str(first), str(count)],
        cwd=tests,
        capture_output=True,
        text=True,
        timeout=60 + SECONDS * count,
    )
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    assert run.returncode == 0, (lines[-1:], run.stderr[-2000:])
    outcomes = [line for line in lines if "number" in line]
    assert len(outcomes) == count
    assert [outcome for outcome in outcomes if outcome["fault"]] == []
    assert max(outcome["seconds"] for outcome in outcomes) < SECONDS
    assert lines[-1]["peak_mib"] < MEBIBYTES


@pytest.mark.parametrize("name", FORMATS)
def test_a_few_damages_of_each_format_are_stood(name: str) -> None:
    read_damaged(name, 0, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_a_thousand_damages_of_each_format_are_stood(name: str) -> None:
    read_damaged(name, 1000, MANY)


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_a_minute_of_damage_guided_by_coverage_is_stood_by_each_format() -> None:
    if find_spec("atheris") is None:
        pytest.skip("needs the extra fuzz")
    with ThreadPoolExecutor(max_workers=2) as pool:
        faults = [fault for fault in pool.map(fuzzed, FORMATS) if fault is not None]
    assert faults == []


def fuzzed(name: str) -> str | None:
    """Return the end of what the fuzzer printed where it found something."""
    if name in MODULES and find_spec(MODULES[name]) is None:
        return None
    run = subprocess.run(
        [sys.executable, "-m", "hostile.fuzz", name, str(GUIDED_SECONDS)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300 + GUIDED_SECONDS,
    )
    return None if run.returncode == 0 else f"{name}: {(run.stdout + run.stderr)[-2000:]}"
