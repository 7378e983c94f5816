"""Data frames are sides: embeddings or paths, with groups and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from scored import score_all
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VECTORS = np.random.default_rng(0).standard_normal((12, 3)).astype(np.float32)


def pandas_frame(columns: dict[str, Any]) -> Any:
    return pytest.importorskip("pandas", reason="needs pandas").DataFrame(columns)


def polars_frame(columns: dict[str, Any]) -> Any:
    return pytest.importorskip("polars", reason="needs polars").DataFrame(columns)


MAKERS = pytest.mark.parametrize("make", [pa.table, pandas_frame, polars_frame])


@MAKERS
def test_a_column_of_embeddings_is_taken_with_its_groups_and_columns(
    make: Callable[[dict[str, Any]], Any],
) -> None:
    frame = make(
        {
            "embedding": VECTORS.tolist(),
            "path": [f"{row}.png" for row in range(12)],
            "group": ["a", "b"] * 6,
            "light": ["day"] * 12,
        }
    )
    opened = open_source(frame, side="real")
    assert isinstance(opened, Embeddings)
    np.testing.assert_allclose(opened.vectors, VECTORS)
    assert opened.names[:2] == ("0.png", "1.png")
    assert opened.groups == ("a", "b") * 6
    assert opened.columns["light"] == ("day",) * 12


@MAKERS
def test_a_column_of_paths_lists_images(
    make: Callable[[dict[str, Any]], Any], make_folder: Callable[..., Path]
) -> None:
    paths = sorted(str(path) for path in make_folder("photos", {"a": 3}).rglob("*.png"))
    source = open_source(make({"path": paths, "light": ["day"] * 3}), side="real")
    assert not isinstance(source, Embeddings)
    assert [item.name for item in source] == paths
    assert source.column_names == ("light",)


@MAKERS
def test_a_table_with_neither_is_refused_with_what_it_has(
    make: Callable[[dict[str, Any]], Any],
) -> None:
    with pytest.raises(ValueError, match=r"real table: expected a column 'path'.*got 'x'"):
        open_source(make({"x": [1.0]}), side="real")


def test_a_list_of_rows_scores_like_the_array() -> None:
    other = VECTORS + np.float32(0.1)
    assert score_all(VECTORS.tolist(), other).score == score_all(VECTORS, other).score
    whole = (VECTORS * 100).astype(np.int64)
    assert score_all(whole.tolist(), other).n_real == 12


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (VECTORS[0], r"a row per image, got one vector of shape \(3,\)"),
        ([1.0, 2.0], r"a row per image, got one vector of shape \(2,\)"),
        ([[1.0, 2.0], [3.0]], "expected 2 numbers in each row, got 1 in row 1"),
        ([[1.0, "b"]], "expected numbers, got could not convert"),
        (VECTORS.astype(np.int64), r"got int64; write \.astype\('float32'\)"),
        (list(VECTORS), r"numpy\.stack\(rows\)"),
    ],
)
def test_what_is_nearly_a_matrix_is_refused_with_what_to_write(value: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        score_all(value, VECTORS)


@pytest.mark.parametrize("count", [1.0, "1", True, None])
def test_neighbors_are_counted_in_whole_numbers(count: Any) -> None:
    with pytest.raises(TypeError, match=f"expected k as a whole number, got {count!r}"):
        score_all(VECTORS, VECTORS + np.float32(1), k=count)


def test_a_model_known_by_name_leads_to_its_export() -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    from twinscore.embedding.network.embedder import Embedder

    with pytest.raises(
        ValueError, match=r"'twinscore model export resnet50' writes resnet50\.onnx"
    ):
        Embedder("resnet50")
