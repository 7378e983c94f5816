"""What was finished stays, each image is there once, and no break can be seen afterwards."""

from __future__ import annotations

import dataclasses
import errno
import multiprocessing
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from twinscore.embedding.store import StoreDescription, StoreWriter, load_store, read_description
from twinscore.embedding.store.opening import directory_of
from twinscore.embedding.store.shards import find_shards, recover
from twinscore.images.records import ContentStamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.embedding.records import EmbeddedImage

    Describe = Callable[..., StoreDescription]
    Fill = Callable[..., StoreDescription]
    MakeImage = Callable[..., EmbeddedImage]


def contents(folder: Path) -> dict[str, Any]:
    """Return the bytes of vectors and the rows of metadata, by file; and what is known of all."""
    found: dict[str, Any] = {"store.json": (folder / "store.json").read_bytes()}
    for path in sorted(folder.glob("[em]*_*")):
        found[path.name] = (
            path.read_bytes() if path.suffix == ".npy" else parquet.read_table(path).to_pylist()
        )
    return found


def plan(writer: StoreWriter, image: EmbeddedImage) -> str:
    return writer.plan(image.item, lambda: image.stamp or ContentStamp()).name


def test_metadata_describes_the_vectors_row_for_row(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    images = [image(n, "truncated file" if n in (2, 5) else None) for n in range(10)]
    description = fill(images)
    assert (description.images, description.failed, description.shards) == (10, 2, 3)
    assert description.complete
    for shard in find_shards(directory_of(tmp_path / "store")):
        vectors = np.load(tmp_path / "store" / shard.embeddings)
        rows = parquet.read_table(tmp_path / "store" / shard.metadata).to_pylist()
        assert len(vectors) == len(rows)
        for vector, row in zip(vectors, rows, strict=True):
            number = int(row["path"].removeprefix("image "))
            if number in (2, 5):
                assert row["status"] == "truncated file"
                assert np.isnan(vector).all()  # never zeros
            else:
                assert row["status"] == "ok"
                np.testing.assert_array_equal(vector, images[number].vector)
            assert (row["format"], row["width"], row["size"]) == ("PNG", 40, 100 + number)


def test_groups_and_columns_of_images_are_kept(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    fill([image(n, group=f"clip {n // 2}", columns={"weather": "rain"}) for n in range(4)])
    fill([image(n, columns={"light": "night"}) for n in range(4, 6)])
    loaded = load_store(tmp_path / "store")
    assert loaded.groups == ("clip 0", "clip 0", "clip 1", "clip 1", "image 4", "image 5")
    assert loaded.columns["weather"] == ("rain",) * 4 + (None,) * 2
    assert loaded.columns["light"] == (None,) * 4 + ("night",) * 2


def test_columns_whose_names_are_taken_come_back_as_they_were(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    columns = {"status": "final", "width": "wide", "source.width": "x", "weather": "rain"}
    fill([image(0, columns=columns), image(1, "damaged", columns=columns)])
    (file,) = (tmp_path / "store").glob("metadata_*.parquet")
    assert parquet.read_table(file)["status"].to_pylist() == ["ok", "damaged"]
    loaded = load_store(tmp_path / "store")
    assert loaded.columns == {name: (value,) for name, value in columns.items()}
    assert loaded.facts is not None


def test_images_that_did_not_change_are_passed_over(fill: Fill, image: MakeImage) -> None:
    images = [image(n) for n in range(6)]
    assert fill(images) == fill(images)


def test_new_images_are_added_and_what_was_there_stays(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    fill([image(n) for n in range(6)])
    before = contents(tmp_path / "store")
    description = fill([image(n) for n in range(12)])
    after = contents(tmp_path / "store")
    assert all(after[name] == before[name] for name in before if name != "store.json")
    assert description.images == 12
    names = load_store(tmp_path / "store").names
    assert sorted(names) == sorted(f"image {n}" for n in range(12))


def test_a_changed_image_takes_the_place_of_the_old_one(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    images = [image(n) for n in range(6)]
    fill(images)
    vector = np.full(6, 0.5, np.float32)
    images[2] = dataclasses.replace(images[2], vector=vector, stamp=ContentStamp(7, 7))
    assert fill(images).images == 6
    loaded = load_store(tmp_path / "store")
    assert sorted(loaded.names) == sorted(f"image {n}" for n in range(6))
    np.testing.assert_array_equal(loaded.vectors[loaded.names.index("image 2")], vector)


def test_an_image_that_is_gone_keeps_its_embedding(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    fill([image(0), image(1)])
    gone = dataclasses.replace(image(1, "no such file"), stamp=ContentStamp())
    fill([image(0), gone])
    assert load_store(tmp_path / "store").skipped == ()


def test_failed_images_are_tried_again_when_asked_for(
    image: MakeImage, describe: Describe, fill: Fill, tmp_path: Path
) -> None:
    fill([image(0), image(1, "decoder died")])
    with StoreWriter(tmp_path / "store", describe(), retry_failed=True) as writer:
        kinds = [plan(writer, image(n)) for n in (0, 1)]
        assert kinds == ["SAME", "CHANGED"]
        writer.extend([image(1)])
        description = writer.finish()
    assert (description.images, description.failed) == (2, 0)


def test_images_that_are_no_longer_listed_stay_unless_pruned(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    fill([image(n) for n in range(10)])
    fill([image(n) for n in range(5, 10)])
    assert len(load_store(tmp_path / "store").names) == 10
    description = fill([image(n) for n in range(5, 10)], prune=True)
    assert (description.images, description.shards) == (5, 2)  # the first shard is empty: gone
    assert load_store(tmp_path / "store").names == tuple(f"image {n}" for n in range(5, 10))


def test_an_image_listed_twice_is_there_once(fill: Fill, image: MakeImage) -> None:
    assert fill([image(0), image(0), image(1), image(0)]).images == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "other@2"},
        {"preprocessing": "crop@2"},
        {"dtype": "float16"},
        {"shard_size": 5},
        {"hashed": True},
        {"group_by": "folder"},
    ],
)
def test_other_models_and_options_are_refused(
    fill: Fill, image: MakeImage, tmp_path: Path, changes: dict[str, Any]
) -> None:
    fill([image(0)])
    before = contents(tmp_path / "store")
    (value,) = changes.values()
    with pytest.raises(ValueError, match=rf"store.* was made with .*, not {value}: use the same"):
        fill([image(1)], **changes)
    assert contents(tmp_path / "store") == before


def test_a_folder_that_holds_something_else_is_refused(describe: Describe, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with (
        pytest.raises(ValueError, match=r"other files such as 'thesis.tex'"),
        StoreWriter(tmp_path, describe()),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_two_writers_cannot_meet(describe: Describe, tmp_path: Path) -> None:
    with (
        StoreWriter(tmp_path / "store", describe()),
        pytest.raises(BlockingIOError, match="another process is writing to the store"),
        StoreWriter(tmp_path / "store", describe()),
    ):
        pass


def test_values_beyond_float16_are_a_failure_and_no_infinity(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    large = dataclasses.replace(image(1), vector=np.full(6, 1e6, np.float32))
    fill([image(0), large, image(2)], dtype="float16")
    loaded = load_store(tmp_path / "store")
    assert loaded.vectors.dtype == np.float16
    assert loaded.names == ("image 0", "image 2")
    assert [(each.name, each.reason) for each in loaded.skipped] == [
        ("image 1", "embedding is out of the range of float16")
    ]


def test_an_interruption_loses_nothing(
    fill: Fill, image: MakeImage, describe: Describe, tmp_path: Path
) -> None:
    images = [image(n, "damaged" if n == 9 else None, columns={"a": "b"}) for n in range(11)]
    fill(images, name="whole")
    folder = tmp_path / "store"
    with suppress(KeyboardInterrupt), StoreWriter(folder, describe()) as writer:
        writer.extend(images[:10])
        raise KeyboardInterrupt
    assert read_description(folder).complete is False
    with StoreWriter(folder, describe()) as writer:
        assert writer.in_flight == 2
        known = [plan(writer, each) for each in images]
        assert known == ["SAME"] * 9 + ["FAILED", "NEW"]
        writer.extend(images[10:])
        writer.finish()
    assert contents(folder) == contents(tmp_path / "whole")


def _write_and_die(
    folder: Path, description: StoreDescription, images: list[EmbeddedImage], step: int
) -> None:
    """Write, and kill this process at the given call that touches the disk."""
    count = 0

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return call

    for place, names in ((Path, ("replace", "unlink")), (os, ("fsync",))):
        for name in names:
            setattr(place, name, counting(getattr(place, name)))
    with StoreWriter(folder, description) as writer:
        for each in images:
            if plan(writer, each) in ("NEW", "CHANGED"):
                writer.extend([each])
        writer.finish()


@pytest.mark.parametrize("changed", [False, True])
def test_kill_at_any_step_loses_the_shard_in_flight_at_most(
    fill: Fill, image: MakeImage, describe: Describe, tmp_path: Path, changed: bool
) -> None:
    """A process is killed before the 1st, 2nd, ... thing it does to the disk, and run again."""
    images = [image(n, "damaged" if n == 6 else None) for n in range(10)]
    newer = [dataclasses.replace(each, stamp=ContentStamp(1, 1)) for each in images[1:3]]
    fill(images, name="whole")
    if changed:
        fill([images[0], *newer, *images[3:]], name="whole")
    context = multiprocessing.get_context("fork")
    step = 0
    while True:
        step += 1
        folder = tmp_path / f"killed {step}"
        if changed:
            fill(images, name=folder.name)
        wanted = [images[0], *newer, *images[3:]] if changed else images
        process = context.Process(
            target=_write_and_die, args=(folder, describe(), wanted, step), daemon=True
        )
        process.start()
        process.join(timeout=60)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        fill(wanted, name=folder.name)
        assert contents(folder) == contents(tmp_path / "whole"), f"killed before step {step}"
    assert step > 15  # it was killed at every one of them


def test_a_full_disk_stops_clearly_and_keeps_finished_shards(
    image: MakeImage, describe: Describe, fill: Fill, tmp_path: Path
) -> None:
    images = [image(n) for n in range(10)]
    fill(images, name="whole")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    folder = tmp_path / "store"
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    writer = StoreWriter(folder, describe())
    try:
        with suppress(OSError), writer:
            writer.extend(images[:4])
            # A limit on the size of files is met as a full disk is.
            resource.setrlimit(resource.RLIMIT_FSIZE, (150, limits[1]))
            with pytest.raises(OSError, match=r"write to the store .*File too .*kept") as caught:
                writer.extend(images[4:])
            raise caught.value
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert caught.value.errno == errno.EFBIG
    assert load_store(folder).names == tuple(f"image {n}" for n in range(4))
    assert not list(folder.glob("*.partial"))
    fill(images)
    assert contents(folder) == contents(tmp_path / "whole")


def test_recovery_of_what_needs_none_changes_nothing(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    fill([image(n) for n in range(6)])
    before = contents(tmp_path / "store")
    recover(directory_of(tmp_path / "store"))
    assert contents(tmp_path / "store") == before


def test_a_damaged_shard_is_named_and_given_up(
    fill: Fill, image: MakeImage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill([image(n) for n in range(6)])
    (tmp_path / "store" / "metadata_00001.parquet").write_bytes(b"damage")
    fill([image(7)])
    assert "metadata_00001.parquet cannot be read" in caplog.text
    names = load_store(tmp_path / "store").names
    assert names == tuple(f"image {n}" for n in (0, 1, 2, 3, 7))


def test_own_columns_have_the_same_types_in_every_shard(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    fill([image(n, "damaged") for n in range(4)] + [image(n) for n in range(4, 8)])
    first, second = map(parquet.read_schema, sorted((tmp_path / "store").glob("metadata_*")))
    assert first == second
    assert first.field("width").type == pa.int32()
