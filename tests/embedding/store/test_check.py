"""A store knows when it is not what was written, and can be mended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pyarrow import parquet

from twinscore.embedding.store import load_store
from twinscore.embedding.store.check import check_store, repair_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Fill = Callable[..., Any]


def bytes_of(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(store.glob("[ems]*"))}


def flip(file: Path) -> None:
    """Change what a file says: further behind, Parquet has bytes that say nothing."""
    content = bytearray(file.read_bytes())
    content[100] ^= 0x10
    file.write_bytes(content)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5])


def remove(file: Path) -> None:
    file.unlink()


SHARD_FILES = [
    "embeddings_00000.npy",
    "embeddings_00001.npy",
    "embeddings_00002.npy",
    "metadata_00000.parquet",
    "metadata_00001.parquet",
    "metadata_00002.parquet",
]
DAMAGES = [flip, truncate, remove]


@pytest.fixture
def images(image: Callable[..., Any]) -> list[Any]:
    return [image(number, failure="broken" if number == 5 else None) for number in range(10)]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", SHARD_FILES)
def test_a_run_over_a_damaged_store_makes_it_as_it_was(
    tmp_path: Path, fill: Fill, images: list[Any], name: str, damage: Callable[[Path], None]
) -> None:
    fill(images)
    before = bytes_of(tmp_path / "store")
    damage(tmp_path / "store" / name)
    fill(images)
    assert bytes_of(tmp_path / "store") == before


def test_a_run_over_a_store_that_lost_a_whole_shard_makes_it_as_it_was(
    tmp_path: Path, fill: Fill, images: list[Any]
) -> None:
    fill(images)
    before = bytes_of(tmp_path / "store")
    (tmp_path / "store" / "embeddings_00001.npy").unlink()
    (tmp_path / "store" / "metadata_00001.parquet").unlink()
    fill(images)
    assert bytes_of(tmp_path / "store") == before


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", SHARD_FILES)
def test_a_damaged_store_is_not_scored_and_says_what_to_do(
    tmp_path: Path, fill: Fill, images: list[Any], name: str, damage: Callable[[Path], None]
) -> None:
    fill(images)
    damage(tmp_path / "store" / name)
    with pytest.raises(ValueError, match=r"twinscore store check .* --repair"):
        load_store(tmp_path / "store")


def test_a_sound_store_has_nothing_to_tell(tmp_path: Path, fill: Fill, images: list[Any]) -> None:
    fill(images)
    found = check_store(tmp_path / "store")
    assert (found.images, found.shards, found.damages, found.without_checksums) == (10, 3, (), 0)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", [*SHARD_FILES, "store.json"])
def test_repair_leaves_what_is_whole_and_a_run_makes_the_store_as_it_was(
    tmp_path: Path, fill: Fill, images: list[Any], name: str, damage: Callable[[Path], None]
) -> None:
    fill(images)
    before = bytes_of(tmp_path / "store")
    damage(tmp_path / "store" / name)
    assert check_store(tmp_path / "store").damages
    assert repair_store(tmp_path / "store").damages
    assert check_store(tmp_path / "store").damages == ()
    assert {item.name for item in load_store(tmp_path / "store").skipped} <= {"image 5"}
    fill(images)
    assert bytes_of(tmp_path / "store") == before


def test_repair_of_a_lost_shard_and_another_repair_keep_its_place(
    tmp_path: Path, fill: Fill, images: list[Any]
) -> None:
    fill(images)
    before = bytes_of(tmp_path / "store")
    for file in ("embeddings_00000.npy", "metadata_00000.parquet"):
        (tmp_path / "store" / file).unlink()
    repair_store(tmp_path / "store")
    truncate(tmp_path / "store" / "embeddings_00001.npy")
    repair_store(tmp_path / "store")
    fill(images)
    assert bytes_of(tmp_path / "store") == before


def test_stores_without_checksums_are_read_and_get_them_by_repair(
    tmp_path: Path, fill: Fill, images: list[Any]
) -> None:
    fill(images)
    store = tmp_path / "store"
    sound = load_store(store)
    for file in store.glob("metadata_*.parquet"):
        table = parquet.ParquetFile(file).read()
        parquet.write_table(table.replace_schema_metadata(None), file)
    fields = json.loads((store / "store.json").read_text())
    del fields["checksum"]
    (store / "store.json").write_text(json.dumps(fields))
    np.testing.assert_array_equal(load_store(store).vectors, sound.vectors)
    assert check_store(store).without_checksums == 3
    assert repair_store(store).damages == ()
    assert check_store(store).without_checksums == 0
    np.testing.assert_array_equal(load_store(store).vectors, sound.vectors)


def test_a_store_without_anything_that_tells_what_made_it_is_refused(
    tmp_path: Path, fill: Fill, images: list[Any]
) -> None:
    fill(images)
    for file in (tmp_path / "store").glob("metadata_*.parquet"):
        truncate(file)
    truncate(tmp_path / "store" / "store.json")
    with pytest.raises(ValueError, match="embed into a new folder"):
        repair_store(tmp_path / "store")


def test_what_is_no_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected an embedding store"):
        check_store(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("name", "value"),
    [("dimension", -1), ("dtype", "int8"), ("shard_size", 0), ("images", -9), ("complete", "yes")],
)
def test_values_that_cannot_be_are_refused(
    tmp_path: Path, fill: Fill, images: list[Any], name: str, value: Any
) -> None:
    fill(images)
    file = tmp_path / "store" / "store.json"
    fields = json.loads(file.read_text())
    del fields["checksum"]
    file.write_text(json.dumps({**fields, name: value}))
    with pytest.raises(ValueError, match=rf"{name}.*expected"):
        load_store(tmp_path / "store")


def test_nested_json_is_damage(tmp_path: Path, fill: Fill, images: list[Any]) -> None:
    fill(images)
    (tmp_path / "store" / "store.json").write_text("[" * 60_000)
    with pytest.raises(ValueError, match="nested too deeply"):
        load_store(tmp_path / "store")
