"""One way through the house: imports follow the order in which data passes the packages."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import twinscore as ts

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "pyproject.toml"
FACE = {"__main__", "_core", "_version"}


def contract() -> list[str]:
    """Return the packages of the one contract, from the ground up."""
    contracts = tomllib.loads(PROJECT.read_text())["tool"]["importlinter"]["contracts"]
    assert len(contracts) == 1
    assert "ignore_imports" not in contracts[0]
    return list(reversed(contracts[0]["layers"]))


def test_packages_import_only_from_those_before_their_own() -> None:
    pytest.importorskip("importlinter", reason="needs the extra test")
    # In a process of its own: it silences the loggers of the one it runs in.
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--config", str(PROJECT), "--no-cache"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_order_stands_in_the_docstring_of_the_package() -> None:
    written = re.search(r"base >(?:\s*\w+ >)*\s*\w+", ts.__doc__ or "")
    assert written is not None
    assert written[0].replace("\n", " ").replace(" ", "").split(">") == contract()


def test_nothing_stands_beside_the_packages_but_the_face() -> None:
    house = ROOT / "python" / "twinscore"
    packages = {path.parent.name for path in house.glob("*/__init__.py")}
    assert packages == set(contract())
    assert {path.stem for path in house.glob("*.py*")} - {"__init__"} <= FACE


def test_no_modules_import_each_other_in_a_circle_not_even_for_their_types() -> None:
    grimp = pytest.importorskip("grimp", reason="needs the extra test")
    graph = grimp.build_graph("twinscore", cache_dir=None)
    above: dict[str, set[str]] = {
        module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules
    }
    # What imports nothing that is left, or is imported by nothing, is in no circle.
    while outside := {
        module
        for module, imported in above.items()
        if not imported or not any(module in others for others in above.values())
    }:
        above = {
            module: imported - outside
            for module, imported in above.items()
            if module not in outside
        }
    assert sorted(above) == []


def test_the_guide_names_every_package_by_its_own_words() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for package in contract():
        module = __import__(f"twinscore.{package}", fromlist=["__doc__"])
        first_line = (module.__doc__ or "").split("\n")[0].rstrip(".")
        assert f"| `{package}` | {first_line} |" in guide
