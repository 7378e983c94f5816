"""What one run skipped is what the next one runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from skipped_tests import SkippedOnly, SkipRecord, plugin_for

if TYPE_CHECKING:
    from pathlib import Path


def report(name: str, outcome: str) -> Any:
    return SimpleNamespace(nodeid=name, outcome=outcome)


def test_tests_and_whole_files_that_were_skipped_are_run_and_no_others(tmp_path: Path) -> None:
    file = tmp_path / "skipped.txt"
    record = plugin_for(file, is_worker=False)
    assert isinstance(record, SkipRecord)
    record.pytest_runtest_logreport(report("tests/a.py::test_one[2]", "skipped"))
    record.pytest_runtest_logreport(report("tests/a.py::test_two", "passed"))
    record.pytest_collectreport(report("tests/b.py", "skipped"))
    record.pytest_sessionfinish()

    only = plugin_for(file, is_worker=True)
    assert isinstance(only, SkippedOnly)
    left_out: list[Any] = []
    hook = SimpleNamespace(pytest_deselected=lambda items: left_out.extend(items))
    names = ["tests/a.py::test_one[1]", "tests/a.py::test_one[2]", "tests/b.py::test_x"]
    items: list[Any] = [SimpleNamespace(nodeid=name) for name in names]
    config: Any = SimpleNamespace(hook=hook)
    only.pytest_collection_modifyitems(config, items)
    assert [item.nodeid for item in items] == names[1:]
    assert [item.nodeid for item in left_out] == names[:1]


def test_workers_of_a_first_run_write_nothing(tmp_path: Path) -> None:
    assert plugin_for(tmp_path / "skipped.txt", is_worker=True) is None
