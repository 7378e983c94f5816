"""One way through the house: imports follow the order in which data passes the packages."""

from __future__ import annotations

import re
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


def test_packages_import_only_from_those_before_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cli = pytest.importorskip("importlinter.cli", reason="needs the extra test")
    failed = cli.lint_imports(config_filename=str(PROJECT), no_cache=True)
    assert not failed, capsys.readouterr().out


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
    # Modules that import nothing that is left are taken away, until nothing or only circles are.
    while grounded := {module for module, imported in above.items() if not imported}:
        for module in grounded:
            del above[module]
        for imported in above.values():
            imported -= grounded
    assert sorted(above) == []


def test_the_guide_names_every_package_by_its_own_words() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for package in contract():
        module = __import__(f"twinscore.{package}", fromlist=["__doc__"])
        first_line = (module.__doc__ or "").split("\n")[0].rstrip(".")
        assert f"| `{package}` | {first_line} |" in guide
