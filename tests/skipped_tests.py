"""A second run, with more installed, runs what the first one skipped and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

VARIABLE = "TWINSCORE_SKIPPED_TESTS"
"""In the environment, a file: the first run writes it, later ones run what it names."""


class SkipRecord:
    """A plugin of pytest that writes down which tests, and files of tests, were skipped."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._skipped: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test."""
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that was skipped as a whole."""
        self._note(report)

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        text = "".join(f"{name}\n" for name in sorted(self._skipped))
        self._file.write_text(text, encoding="utf-8")

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.outcome == "skipped":
            self._skipped.add(report.nodeid)


class SkippedOnly:
    """A plugin of pytest that leaves out all tests but those written down."""

    def __init__(self, file: Path) -> None:
        self._wanted = set(file.read_text(encoding="utf-8").splitlines())

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep what was skipped, by itself or with its file."""
        kept: list[pytest.Item] = []
        others: list[pytest.Item] = []
        for item in items:
            names = {item.nodeid, item.nodeid.partition("::")[0]}
            (kept if names & self._wanted else others).append(item)
        if others:
            config.hook.pytest_deselected(items=others)
            items[:] = kept


def plugin_for(file: Path, *, is_worker: bool) -> SkipRecord | SkippedOnly | None:
    """Return what a run does with the file; workers of a first run only report."""
    if file.exists():
        return SkippedOnly(file)
    return None if is_worker else SkipRecord(file)
