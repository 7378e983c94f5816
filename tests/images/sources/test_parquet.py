"""A Parquet file is embeddings, images or paths, by its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from numbered_images import outcomes, png
from twinscore.embedding.files.parquet import open_parquet
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.images.sources.parquet import ParquetImages

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def hugging_face(numbers: list[int | None], paths: list[str | None]) -> pa.Array:
    rows = [
        {"bytes": None if number is None else png(number), "path": path}
        for number, path in zip(numbers, paths, strict=True)
    ]
    return pa.array(rows, pa.struct([("bytes", pa.binary()), ("path", pa.string())]))


def test_images_as_hugging_face_writes_them(tmp_path: Path) -> None:
    (tmp_path / "beside.png").write_bytes(png(9))
    image = hugging_face([1, None, None], ["a.png", "beside.png", None])
    path = write(tmp_path / "x.parquet", {"image": image, "label": [3, 4, None]})
    source = open_source(path, side="real")
    items = list(source)  # type: ignore[arg-type]
    assert outcomes(items) == [
        (f"{path} row 0", 1),
        (f"{tmp_path}/beside.png", 9),
        (f"{path} row 2", "no image in this row"),
    ]
    assert [dict(item.columns) for item in items] == [{"label": "3"}, {"label": "4"}, {}]


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
def test_images_in_a_binary_column(tmp_path: Path, kind: Any) -> None:
    images = pa.array([png(n) for n in range(40)], kind)
    groups = [f"clip {n // 10}" for n in range(40)]
    columns = {"frame": images, "group": groups, "boxes": [[1.0]] * 40}
    path = write(tmp_path / "x.parquet", columns, row_group_size=7)
    source = open_parquet(path)
    assert isinstance(source, ParquetImages)
    assert outcomes(source) == [(f"{path} row {n}", n) for n in range(40)]
    assert [item.group for item in source] == groups
    assert source.column_names == ("group",)
    assert len(source) == 40


def test_a_damaged_part_costs_its_own_rows(tmp_path: Path) -> None:
    images = pa.array([png(n) for n in range(9)])
    options = {"row_group_size": 3, "compression": "none", "use_dictionary": False}
    path = write(tmp_path / "x.parquet", {"image": images}, **options)
    chunk = pq.ParquetFile(path).metadata.row_group(1).column(0)
    content = bytearray(path.read_bytes())
    start = chunk.data_page_offset
    content[start : start + 30] = bytes(30)
    path.write_bytes(content)
    found = outcomes(open_parquet(path))  # type: ignore[arg-type]
    assert [reason for _, reason in found[:3] + found[6:]] == [0, 1, 2, 6, 7, 8]
    assert all(str(reason).startswith("damaged file (") for _, reason in found[3:6])


def test_paths_are_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(5))
    columns = {"path": ["a.png"], "group": ["g"], "hour": [7], "sunny": [True], "boxes": [[1, 2]]}
    path = write(tmp_path / "x.parquet", columns)
    items = list(open_source(path, side="real"))  # type: ignore[arg-type]
    assert outcomes(items) == [(f"{tmp_path}/a.png", 5)]
    assert items[0].group == "g"
    assert dict(items[0].columns) == {"group": "g", "hour": "7", "sunny": "True"}


VECTORS = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)


def vectors(kind: str) -> Any:
    flat = pa.array(VECTORS.reshape(-1))
    if kind == "fixed":
        return pa.FixedSizeListArray.from_arrays(flat, 4)
    return pa.array(VECTORS.astype(np.float64).tolist(), pa.list_(pa.float64()))


@pytest.mark.parametrize("kind", ["fixed", "list"])
def test_a_column_of_vectors_is_embeddings(tmp_path: Path, kind: str) -> None:
    columns = {
        "path": [f"{n}.png" for n in range(5)],
        "embedding": vectors(kind),
        "group": ["a", "a", None, "b", "b"],
        "weather": ["fog", "", "rain", "rain", "fog"],
    }
    path = write(tmp_path / "x.parquet", columns, row_group_size=2)
    embeddings = open_source(path, side="real")
    assert isinstance(embeddings, Embeddings)
    np.testing.assert_array_equal(embeddings.vectors, VECTORS)
    assert embeddings.names == tuple(f"{n}.png" for n in range(5))
    assert embeddings.groups == ("a", "a", "row 2", "b", "b")
    assert embeddings.columns["weather"] == ("fog", None, "rain", "rain", "fog")
    regrouped = open_source(path, side="real", group_by="weather")
    assert isinstance(regrouped, Embeddings)
    assert regrouped.groups == ("fog", "row 1", "rain", "rain", "fog")


def test_the_only_vectors_are_embeddings_whatever_they_are_called(tmp_path: Path) -> None:
    path = write(tmp_path / "x.parquet", {"clip_vit": vectors("fixed")})
    embeddings = open_parquet(path)
    assert isinstance(embeddings, Embeddings)
    assert embeddings.names[3] == f"{path} row 3"


def test_images_go_before_vectors_of_another_name(tmp_path: Path) -> None:
    columns = {"image": pa.array([png(n) for n in range(5)]), "gaze": vectors("fixed")}
    assert isinstance(open_parquet(write(tmp_path / "x.parquet", columns)), ParquetImages)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0, 2.0], [1.0]], "expected 2 values in each row, got 1 values in row 1"),
        ([[1.0, 2.0], None], "expected 2 values in each row, got none in row 1"),
        ([[1.0, 2.0], [1.0, None]], "expected numbers, got null in row 1"),
        ([[1.0, 2.0], [1.0, float("nan")]], "expected finite values, got NaN or infinity in row 1"),
        ([], "expected at least one row, got none"),
    ],
)
def test_vectors_that_cannot_be_used_are_refused(
    tmp_path: Path, values: list[Any], message: str
) -> None:
    column = pa.array(values, pa.list_(pa.float32()))
    with pytest.raises(ValueError, match=rf"x\.parquet'.*{message}"):
        open_parquet(write(tmp_path / "x.parquet", {"embedding": column}))


def test_what_holds_neither_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.parquet", {"label": [1], "name": ["a"]})
    with pytest.raises(ValueError, match=r"expected a column of .*, got 'label', 'name'"):
        open_parquet(path)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ValueError, match=r"x\.parquet': expected a Parquet file"):
        open_parquet(path)
    write(path, {"image": pa.array([], pa.binary())})
    with pytest.raises(ValueError, match="expected at least one row, got none"):
        open_parquet(path)


def test_a_page_that_claims_gibibytes_takes_no_more_than_its_file(tmp_path: Path) -> None:
    images = [png(number) for number in range(3)]
    path = write(tmp_path / "x.parquet", {"image": images}, use_dictionary=False)
    content = bytearray(path.read_bytes())
    place = pq.read_metadata(path).row_group(0).column(0).data_page_offset
    # Its type and two sizes, in numbers of seven bits a byte; the second is that in the file.
    assert content[place : place + 3] == b"\x15\x00\x15"
    ends = [at for at in range(place + 3, len(content)) if content[at] < 0x80]
    content[ends[0] + 2 : ends[2] + 1] = b"\xb0\xff\xff\xff\x0f"  # 2,147,483,608
    path.write_bytes(content)
    pool = pa.default_memory_pool()
    before = pool.max_memory()
    reasons = [reason for _, reason in outcomes(ParquetImages(path, "image", "x"))]
    assert len(reasons) == 3
    assert all("damaged file" in str(reason) for reason in reasons)
    assert pool.max_memory() <= max(before, 1 << 28)
