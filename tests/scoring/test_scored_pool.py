"""The images behind a result: rows, sides and names, past images that were skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from twinscore.embedding.records import Embeddings
from twinscore.images.records import ImageItem
from twinscore.images.sources import SequenceSource
from twinscore.scoring.scored_pool import ScoredPool, scored_items

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def embeddings(*names: str, groups: tuple[str, ...] | None = None) -> Embeddings:
    return Embeddings(np.zeros((len(names), 2), np.float32), names, groups)


def test_rows_count_through_the_real_side_first() -> None:
    pool = ScoredPool(embeddings("a", "b"), embeddings("c", "d", "e"))
    assert len(pool) == 5
    assert pool.names == ("a", "b", "c", "d", "e")
    assert pool.is_real.tolist() == [True, True, False, False, False]
    assert pool.vectors.shape == (5, 2)


def test_groups_are_separate_per_side() -> None:
    pool = ScoredPool(
        embeddings("a", "b", "c", groups=("x", "x", "y")),
        embeddings("d", "e", groups=("x", "z")),
    )
    assert pool.points.groups is not None
    assert pool.points.groups.tolist() == [0, 0, 1, 2, 3]


def test_items_are_those_that_have_a_row() -> None:
    items = [ImageItem(name, name.encode()) for name in "abcdef"]
    pool = ScoredPool(
        embeddings("b", "c", "f"), embeddings("x", "y"), {"real": SequenceSource(items)}
    )
    assert [item.name for item in scored_items(pool, "real")] == ["b", "c", "f"]


def test_a_result_of_this_run_leads_to_its_images(make_folder: Callable[..., Path]) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real, synthetic = make_folder("real", {".": 24}), make_folder("synthetic", {".": 5}, seed=1)
    (real / "007.png").write_bytes(b"no image at all")
    pool = ts.score(real, synthetic, diagnostics=False).pool
    assert pool is not None
    found = [item.name for item in scored_items(pool, "real")]
    assert found == list(pool.real.names)
    assert len(found) == 23


def test_embeddings_have_rows_but_no_images() -> None:
    points = np.random.default_rng(0).standard_normal((2, 20, 3)).astype(np.float32)
    pool = ts.score(points[0], points[1], diagnostics=False).pool
    assert pool is not None
    assert pool.sources == {}
