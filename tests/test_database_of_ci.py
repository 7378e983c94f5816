"""The database that CI starts for the tests of FiftyOne, where one can be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[1] / ".ci" / "with_database.py"
SHOW = ("-c", "import os, sys; print(os.environ.get('FIFTYONE_DATABASE_URI')); sys.exit(7)")


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command that shows where its database is, and fails."""
    # Neither a mongod of the system nor one of an installed FiftyOne is found.
    bare = {"PATH": "", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), **environment}
    without = {name: value for name, value in os.environ.items() if name not in bare}
    without.pop("FIFTYONE_DATABASE_URI", None)
    return subprocess.run(
        [sys.executable, "-I", "-S", PROGRAM, folder / "database", sys.executable, *SHOW],
        env={**without, **bare},
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_none_can_be_had_that_is_said_and_the_command_runs_without(tmp_path: Path) -> None:
    finished = run(tmp_path)
    said, address = finished.stdout.splitlines()
    assert said.startswith("No database can be had here, FiftyOne's tests skip: ")
    assert address == "None"
    assert finished.returncode == 7


def test_a_database_that_is_there_is_used_as_it_is(tmp_path: Path) -> None:
    finished = run(tmp_path, FIFTYONE_DATABASE_URI="mongodb://somewhere")
    assert finished.stdout == "mongodb://somewhere\n"
    assert finished.returncode == 7
    assert not (tmp_path / "database").exists()
