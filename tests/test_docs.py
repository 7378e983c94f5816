"""The documentation covers what is public, and its Python runs."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

DOCS = Path(__file__).parents[1] / "docs"
README = DOCS.parent / "README.md"
PAGES = [README, *(page for page in sorted(DOCS.rglob("*.md")) if page.parent.name != "design")]


def blocks(page: Path, language: str = "python") -> list[str]:
    """Return the code of a page, without what a list indents it by."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


CODE = [
    pytest.param(page, block, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, block in enumerate(blocks(page))
]


@pytest.fixture(scope="module")
def site() -> ModuleType:
    described = importlib.util.spec_from_file_location("docs_site", DOCS / "site.py")
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("page", "block"), CODE)
def test_python_of_a_page_runs(
    page: Path,
    block: str,
    make_folder: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if "Embedder" in block or ".store" in block:
        pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    if "import torch" in block:
        pytest.importorskip("torch", reason="needs torch")
    monkeypatch.chdir(tmp_path)
    if "photos.store" in block:
        make_store(make_folder("photos", {"a": 5}), tmp_path / "photos.store")
    exec(compile(block, page.name, "exec"), {})


def make_store(photos: Path, store: Path) -> None:
    (photos / "a" / "broken.png").write_bytes(b"")
    ts.embed(photos, store, shard_size=4)


def test_a_store_is_read_with_numpy_and_pyarrow_as_shown(
    make_folder: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    monkeypatch.chdir(tmp_path)
    make_store(make_folder("photos", {"a": 5}), tmp_path / "photos.store")
    (snippet,) = (block for block in blocks(DOCS / "inputs.md") if "photos.store" in block)
    names: dict[str, Any] = {}
    exec(compile(snippet, "inputs.md", "exec"), names)
    np.testing.assert_array_equal(names["embeddings"], ts.load_store("photos.store").vectors)
    assert len(names["vectors"]) == 6


def test_the_loader_example_keeps_good_samples_and_drops_foreign_ones_as_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("torch", reason="needs torch")
    page = DOCS / "guides" / "loader.md"
    (snippet,) = (block for block in blocks(page) if "import torch" in block)
    exec(compile(snippet, "loader.md", "exec"), {})
    # What the monitor says first depends on the time that it was given.
    shown = capsys.readouterr().out.splitlines()[-2:]
    assert "\n".join(shown) + "\n" in blocks(page, "text")
    counts = {
        kind: (int(good), int(foreign))
        for kind, good, foreign in (
            re.fullmatch(r"(\w+): (\d+) good, (\d+) foreign", line).groups()  # type: ignore[union-attr]
            for line in shown
        )
    }
    assert counts["passing"][0] >= 190
    assert counts["passing"][1] == 0
    assert counts["drawn"][0] > 3 * counts["drawn"][1]


def test_the_reference_has_every_public_name(site: ModuleType) -> None:
    asked = set(re.findall(r"^::: (\S+)$", site.python_names(), flags=re.MULTILINE))
    objects = [_at(path) for path in asked]
    for name in set(ts.__all__) - {"__version__"}:
        assert getattr(ts, name) in objects, name


def test_the_reference_has_every_command(site: ModuleType) -> None:
    commands = site.command_pages()
    for command in ("score", "report", "compare", "embed", "watch", "store check", "model export"):
        assert f"### twinscore {command}\n" in commands


def _at(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def test_costs_of_scale_are_those_that_the_script_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS.parent / "bench"))
    cost = importlib.import_module("scale_cost")
    assert cost.tables(cost.measured_rates()) in (DOCS / "scale.md").read_text(encoding="utf-8")
