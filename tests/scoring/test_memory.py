"""A score in bounded memory is the same score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from twinscore.neighbors import block_search
from twinscore.neighbors.block_plan import BlockPlan

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sides(tmp_path: Path) -> tuple[str, str]:
    random = np.random.default_rng(0)
    for side in ("real", "synthetic"):
        np.save(tmp_path / f"{side}.npy", random.standard_normal((150, 6)).astype(np.float32))
    return str(tmp_path / "real.npy"), str(tmp_path / "synthetic.npy")


def test_the_result_is_that_without_a_limit(
    sides: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = ts.score(*sides, k=3)
    cuts = []

    def cut(*_: object) -> BlockPlan:
        cuts.append(1)
        return BlockPlan(64, whole=False)

    monkeypatch.setattr(block_search, "plan_blocks", cut)
    result = ts.score(*sides, k=3, memory="1GiB")
    assert cuts
    assert result.settings.search.memory == 1 << 30
    given, wanted = result.to_dict(), expected.to_dict()
    for changing in ("settings", "seconds"):
        del given[changing], wanted[changing]
    assert given == wanted
    assert result.samples.equals(expected.samples)


def test_images_are_refused_before_they_are_embedded(sides: tuple[str, str]) -> None:
    images = np.zeros((4, 8, 8, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="real side: expected a store or embeddings where memory"):
        ts.score(images, sides[1], memory="1GiB")
