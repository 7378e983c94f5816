"""A skip that nobody wrote down fails the run in CI."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from allowed_skips import SkipWatch

ALLOWED = "root may read every folder"


def skipped(reason: str, **more: Any) -> Any:
    place = ("tests/test_x.py", 3, f"Skipped: {reason}")
    return SimpleNamespace(outcome="skipped", nodeid="tests/test_x.py", longrepr=place, **more)


@pytest.mark.parametrize(
    ("report", "fails"),
    [
        (skipped(ALLOWED), False),
        (skipped("needs torch"), True),
        (skipped("needs torch", wasxfail="known"), False),
        (SimpleNamespace(outcome="passed", nodeid="x", longrepr=None), False),
    ],
)
def test_only_reasons_that_are_listed_pass(report: Any, fails: bool) -> None:
    watch = SkipWatch()
    watch.pytest_runtest_logreport(report)
    watch.pytest_collectreport(report)
    session: Any = SimpleNamespace(exitstatus=0)
    watch.pytest_sessionfinish(session)
    assert session.exitstatus == int(fails)
