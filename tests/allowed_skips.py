"""In CI tests skip for the reasons in `.ci/skips.toml` only; any other skip fails the run."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

VARIABLE = "TWINSCORE_ONLY_ALLOWED_SKIPS"
"""In the environment of a run that is to fail for any other skip."""

LIST = Path(__file__).parents[1] / ".ci" / "skips.toml"


class SkipWatch:
    """A plugin of pytest that remembers why tests were skipped."""

    def __init__(self) -> None:
        self._allowed = tomllib.loads(LIST.read_text(encoding="utf-8"))
        self.others: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at a test."""
        self._look_at(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Look at a file that was skipped as a whole."""
        self._look_at(report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what must not be skipped."""
        for skip in sorted(self.others):
            terminalreporter.write_line(f"Skipped, and not in {LIST.name}: {skip}", red=True)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run."""
        if self.others:
            session.exitstatus = 1

    def _look_at(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.outcome != "skipped" or hasattr(report, "wasxfail"):
            return
        place = report.longrepr
        reason = place[2].removeprefix("Skipped: ") if isinstance(place, tuple) else str(place)
        if reason not in self._allowed:
            self.others.add(f"{report.nodeid} ({reason})")
