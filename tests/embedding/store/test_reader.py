"""A store and the layout of other tools give the rows that were written, or say what is wrong."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import twinscore as ts
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.embedding.store import load_foreign_store, load_store, read_description
from twinscore.embedding.store.description import write_description
from twinscore.embedding.store.opening import directory_of
from twinscore.images.records import ImageFacts
from twinscore.neighbors import block_search
from twinscore.neighbors.block_plan import BlockPlan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    from twinscore.embedding.records import EmbeddedImage
    from twinscore.embedding.store import StoreDescription

    Fill = Callable[..., StoreDescription]
    MakeImage = Callable[..., EmbeddedImage]


def test_vectors_names_and_failures_come_back_in_order(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    images = [image(n, "empty file" if n % 3 == 1 else None) for n in range(10)]
    fill(images)
    loaded = load_store(tmp_path / "store")
    kept = [each for each in images if each.vector is not None]
    np.testing.assert_array_equal(loaded.vectors, [each.vector for each in kept])
    assert loaded.names == tuple(each.item.name for each in kept)
    assert [each.name for each in loaded.skipped] == ["image 1", "image 4", "image 7"]
    assert {each.reason for each in loaded.skipped} == {"empty file"}
    assert loaded.facts == (ImageFacts("PNG", 40, 30, "RGB"),) * len(kept)
    assert loaded.groups is None
    assert (loaded.model, loaded.preprocessing) == ("net@1", "crop@1")


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_vectors_keep_their_dtype_and_a_whole_shard_stays_on_disk(
    fill: Fill, image: MakeImage, tmp_path: Path, dtype: str
) -> None:
    fill([image(n) for n in range(4)], dtype=dtype)
    loaded = load_store(tmp_path / "store")
    assert loaded.vectors.dtype == dtype
    assert isinstance(loaded.vectors.base, np.memmap)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_a_store_scores_as_its_vectors_do(
    fill: Fill, image: MakeImage, tmp_path: Path, dtype: str
) -> None:
    real, synthetic = [image(n) for n in range(20)], [image(n) for n in range(20, 45)]
    fill([*real, image(99, "damaged")], name="real", dtype=dtype)
    fill(synthetic, name="synthetic", dtype=dtype)
    of_stores = ts.score(tmp_path / "real", tmp_path / "synthetic")
    of_arrays = ts.score(stacked(real, dtype), stacked(synthetic, dtype))
    assert of_stores.score == of_arrays.score
    assert of_stores.samples["nearest_distance"].equals(of_arrays.samples["nearest_distance"])
    assert of_stores.model == "net@1"
    assert of_stores.skipped["real"][0].reason == "damaged"


def test_a_store_of_many_shards_is_searched_where_it_lies(
    fill: Fill, image: MakeImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill([image(n, "damaged" if n % 5 == 2 else None) for n in range(40)])
    store = tmp_path / "store"
    loaded = load_store(store)
    on_disk = load_store(store, on_disk=True)
    assert isinstance(on_disk.vectors, np.memmap)
    np.testing.assert_array_equal(on_disk.vectors, loaded.vectors)
    expected = ts.self_knn(loaded.vectors, 3)
    monkeypatch.setattr(block_search, "plan_blocks", lambda *_: BlockPlan(13, whole=False))
    for memory in (None, "1GiB"):
        found = ts.self_knn(store, 3, memory=memory)
        np.testing.assert_array_equal(found.ids, expected.ids)
        np.testing.assert_array_equal(found.distances, expected.distances)


def stacked(images: list[EmbeddedImage], dtype: str) -> npt.NDArray[Any]:
    return np.stack([each.vector for each in images if each.vector is not None]).astype(dtype)


def test_stores_of_two_models_are_not_compared(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    fill([image(n) for n in range(4)], name="real")
    fill([image(n) for n in range(4)], name="synthetic", model="net@2")
    with pytest.raises(ValueError, match=r"one model and preprocessing, got real from net@1 .*@2"):
        ts.score(tmp_path / "real", tmp_path / "synthetic")


def test_a_store_with_many_failures_needs_consent(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    fill([image(n) for n in range(9)], name="real")
    fill([image(n, None if n < 8 else "damaged") for n in range(10)], name="synthetic")
    with pytest.raises(ts.TooManySkipsError, match="2 of 10 synthetic images"):
        ts.score(tmp_path / "real", tmp_path / "synthetic")
    result = ts.score(tmp_path / "real", tmp_path / "synthetic", allow_skips=True)
    assert result.n_synthetic == 8


def test_an_incomplete_store_is_read_with_a_warning(
    fill: Fill, image: MakeImage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill([image(n) for n in range(4)])
    store = tmp_path / "store"
    description = dataclasses.replace(read_description(store), complete=False)
    write_description(directory_of(store), description)
    assert len(load_store(tmp_path / "store").names) == 4
    assert "is not complete" in caplog.text


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-8])


def _lose(file: Path) -> None:
    file.unlink()


def _drop_row(file: Path) -> None:
    np.save(file, np.load(file)[1:])


def _other_dtype(file: Path) -> None:
    np.save(file, np.load(file).astype(np.float64))


def _not_finite(file: Path) -> None:
    vectors = np.load(file)
    vectors[1, 2] = np.nan
    np.save(file, vectors)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_cut, "is not a complete .npy file"),
        (_lose, "is not a complete .npy file"),
        (_drop_row, r"expected float32 of shape \(4, 6\) .*got float32 of shape \(3, 6\)"),
        (_other_dtype, "expected float32 of shape .*got float64"),
        (_not_finite, "a row of status 'ok' holds NaN or infinity"),
    ],
)
def test_a_damaged_shard_is_named(
    fill: Fill, image: MakeImage, tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    fill([image(n) for n in range(8)])
    damage(tmp_path / "store" / "embeddings_00001.npy")
    with pytest.raises(ValueError, match=rf"embeddings_00001.npy.*{message}|{message}"):
        load_store(tmp_path / "store")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "describes no embedding store"),
        ("[]", "describes no embedding store"),
        ('{"format": "other"}', "its 'format' is not 'twinscore embeddings'"),
        ('{"format": "twinscore embeddings", "format_version": 9}', "a newer twinscore made it"),
        ('{"format": "twinscore embeddings", "format_version": 1}', "describes no embedding"),
    ],
)
def test_a_damaged_description_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "store.json").write_text(text)
    with pytest.raises(ValueError, match=rf"store.json.*{message}"):
        load_store(tmp_path)


def test_a_store_without_a_shard_says_so(fill: Fill, image: MakeImage, tmp_path: Path) -> None:
    fill([image(0)])
    fill([], prune=True)
    with pytest.raises(ValueError, match="holds no shard"):
        load_store(tmp_path / "store")


def write_foreign(folder: Path, parts: list[Any], columns: list[dict[str, Any]] | None) -> Path:
    (folder / "img_emb").mkdir(parents=True)
    for number, part in enumerate(parts):
        np.save(folder / "img_emb" / f"img_emb_{number}.npy", part)
    if columns is not None:
        (folder / "metadata").mkdir()
        for number, values in enumerate(columns):
            parquet.write_table(
                pa.table(values), folder / "metadata" / f"metadata_{number}.parquet"
            )
    return folder


def open_embeddings(folder: Path) -> Embeddings:
    opened = open_source(folder, side="real")
    assert isinstance(opened, Embeddings)
    return opened


def test_the_layout_of_other_tools_is_read_in_numerical_order(tmp_path: Path) -> None:
    parts = [np.full((2, 3), number, np.float16) for number in range(11)]
    columns = [
        {"image_path": [f"{n}/a.jpg", f"{n}/b.jpg"], "caption": ["x", None], "width": [1, 2]}
        for n in range(11)
    ]
    loaded = open_embeddings(write_foreign(tmp_path / "laion", parts, columns))
    assert loaded.vectors.dtype == np.float16
    np.testing.assert_array_equal(loaded.vectors[:, 0], np.repeat(np.arange(11), 2))
    assert loaded.names[-1] == "10/b.jpg"
    assert loaded.columns["caption"][:2] == ("x", None)
    assert "width" not in loaded.columns


def test_the_layout_of_other_tools_needs_no_metadata(tmp_path: Path) -> None:
    loaded = open_embeddings(write_foreign(tmp_path, [np.zeros((2, 3), np.float32)], None))
    assert loaded.names == ("img_emb_0.npy row 0", "img_emb_0.npy row 1")
    assert isinstance(loaded.vectors.base, np.memmap)


@pytest.mark.parametrize(
    ("parts", "columns", "message"),
    [
        ([np.zeros((2, 3), "f4")], [{"key": ["a"]}], "expected 2 rows as in img_emb_0.npy, got 1"),
        ([np.zeros((2, 3), "f4")] * 2, [{"key": ["a", "b"]}], "img_emb_1.npy has no partner"),
        ([np.zeros((2, 3), "f4"), np.zeros((2, 4), "f4")], None, "expected 3 columns .* got 4"),
        ([np.zeros(3, "f4")], None, "expected float16 or float32 of shape"),
        ([np.full((2, 3), np.nan, "f4")], None, "NaN or infinity in row 0"),
    ],
)
def test_what_does_not_fit_in_the_layout_of_other_tools_is_named(
    tmp_path: Path, parts: list[Any], columns: list[dict[str, Any]] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        load_foreign_store(write_foreign(tmp_path, parts, columns))
