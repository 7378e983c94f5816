"""A store in object storage is, byte for byte, the store of a folder; whatever happens."""

from __future__ import annotations

import dataclasses
import io
import json
import sys
import tracemalloc
import zipfile
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import twinscore as ts
from twinscore.base.errors import MissingExtraError
from twinscore.embedding.store import StoreDescription, StoreWriter, load_store, read_description
from twinscore.embedding.store import lease as lease_of_store
from twinscore.embedding.store.check import check_store, repair_store
from twinscore.embedding.store.directory import UnreachableError
from twinscore.images.records import ContentStamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from twinscore.embedding.records import EmbeddedImage

    Describe = Callable[..., StoreDescription]
    Fill = Callable[..., StoreDescription]
    MakeImage = Callable[..., EmbeddedImage]

fsspec = pytest.importorskip("fsspec", reason="needs the extra remote")

URL = "memory://bucket/farm/renders.store"
ROOT = "/bucket/farm/renders.store"


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty store of objects, in which nobody waits for others."""
    monkeypatch.setattr(lease_of_store, "SETTLED_AFTER", 0.0)
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def objects(system: Any) -> dict[str, bytes]:
    """Return what the format speaks of."""
    names = (path.removeprefix(f"{ROOT}/") for path in system.find(ROOT))
    return {
        name: bytes(system.cat_file(f"{ROOT}/{name}")) for name in names if not name.startswith(".")
    }


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")
    }


def every_object(system: Any) -> dict[str, bytes]:
    return {path: bytes(system.cat_file(path)) for path in system.find("")}


def changed(image: EmbeddedImage) -> EmbeddedImage:
    vector = None if image.vector is None else image.vector + np.float32(1)
    return dataclasses.replace(image, vector=vector, stamp=ContentStamp(1, 1))


runs = st.lists(
    st.fixed_dictionaries(
        {
            "numbers": st.lists(st.integers(0, 13), max_size=12),
            "changed": st.sets(st.integers(0, 13), max_size=3),
            "prune": st.booleans(),
            "stopped_after": st.none() | st.integers(0, 12),
        }
    ),
    min_size=1,
    max_size=4,
)


@given(runs=runs)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_runs_leave_the_same_bytes_in_a_bucket_as_in_a_folder(
    runs: list[dict[str, Any]],
    memory: Any,
    image: MakeImage,
    describe: Describe,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("local") / "store"
    memory.store.clear()
    for run in runs:
        images = [image(n, "damaged" if n % 5 == 4 else None) for n in run["numbers"]]
        wanted = [
            changed(each) if n in run["changed"] else each
            for n, each in zip(run["numbers"], images, strict=True)
        ]
        for location in (folder, URL):
            with suppress(KeyboardInterrupt), StoreWriter(location, describe()) as writer:
                for place, each in enumerate(wanted):
                    if place == run["stopped_after"]:
                        raise KeyboardInterrupt
                    stamp = partial(lambda stamp: stamp, each.stamp or ContentStamp())
                    if writer.plan(each.item, stamp).name in ("NEW", "CHANGED"):
                        writer.extend([each])
                writer.finish(prune=run["prune"])
        assert objects(memory) == files(folder)


class KilledError(BaseException):
    """Nothing runs after it, and nothing more reaches the bucket."""


class Killer:
    """Stops everything that reaches the bucket before its n-th change."""

    def __init__(self, system: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        for name in ("pipe_file", "cp_file", "rm_file"):
            monkeypatch.setattr(type(system), name, self._counted(getattr(type(system), name)))

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if self.left is not None:
                if self.left == 0:
                    raise KilledError
                self.left -= 1
            return function(*arguments, **named)

        return call


@pytest.mark.parametrize("with_changes", [False, True])
def test_killed_before_any_change_and_run_again_it_is_the_same_store(
    memory: Any,
    image: MakeImage,
    fill_at: Fill,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    with_changes: bool,
) -> None:
    images = [image(n, "damaged" if n == 6 else None) for n in range(10)]
    wanted = images
    if with_changes:
        wanted = [images[0], changed(images[1]), changed(images[2]), *images[3:]]
        fill_at(tmp_path / "store", images)
        fill_at(URL, images)
    before = every_object(memory)
    fill_at(tmp_path / "store", wanted)
    killer = Killer(memory, monkeypatch)
    steps = 0
    while True:
        memory.store.clear()
        for path, content in before.items():
            memory.pipe_file(path, content)
        killer.left = steps
        try:
            fill_at(URL, wanted)
        except KilledError:
            killer.left = None
            held = [name for name in objects(memory) if name.startswith("metadata_")]
            fill_at(URL, wanted)
            assert objects(memory) == files(tmp_path / "store"), f"killed before change {steps}"
            assert set(held) <= objects(memory).keys()
            steps += 1
            continue
        break
    assert steps > 10


def test_it_is_read_and_scored_as_a_folder_is(
    memory: Any, image: MakeImage, fill_at: Fill, tmp_path: Path
) -> None:
    images = [image(n, "damaged" if n % 7 == 3 else None, group=f"g{n // 2}") for n in range(30)]
    fill_at(tmp_path / "store", images)
    fill_at(URL, images)
    near, far = load_store(tmp_path / "store"), load_store(URL)
    np.testing.assert_array_equal(near.vectors, far.vectors)
    assert (near.names, near.groups, near.skipped) == (far.names, far.groups, far.skipped)
    on_disk = load_store(URL, on_disk=True)
    assert isinstance(on_disk.vectors, np.memmap)
    np.testing.assert_array_equal(on_disk.vectors, near.vectors)
    found, expected = ts.self_knn(URL, 2), ts.self_knn(tmp_path / "store", 2)
    np.testing.assert_array_equal(found.ids, expected.ids)
    other = np.random.default_rng(0).standard_normal((20, 6)).astype(np.float32)
    assert ts.score(URL, other, allow_skips=True).score == (
        ts.score(tmp_path / "store", other, allow_skips=True).score
    )
    assert memory.exists(f"{ROOT}/store.json")


@pytest.mark.parametrize("name", ["embeddings_00001.npy", "metadata_00001.parquet", "store.json"])
@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
def test_damage_is_found_and_mended(
    memory: Any, image: MakeImage, fill_at: Fill, name: str, damage: str
) -> None:
    images = [image(n) for n in range(10)]
    fill_at(URL, images)
    sound = objects(memory)
    content = bytearray(sound[name])
    content[100] ^= 0x10
    if damage == "gone":
        memory.rm_file(f"{ROOT}/{name}")
    else:
        memory.pipe_file(f"{ROOT}/{name}", bytes(content if damage == "flipped" else content[:-5]))
    assert check_store(URL).damages
    assert repair_store(URL).damages
    assert check_store(URL).damages == ()
    fill_at(URL, images)
    assert objects(memory) == sound


def test_a_server_that_does_not_answer_is_no_damage(
    image: MakeImage, fill_at: Fill, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cannot ask must not take away what is there."""
    fill_at(URL, [image(n) for n in range(10)])
    before = every_object(memory)
    read = type(memory).cat_file

    def refuse(system: Any, path: str, **options: Any) -> Any:
        if "metadata_" in path:
            raise ConnectionResetError("Connection lost")
        return read(system, path, **options)

    monkeypatch.setattr(type(memory), "cat_file", refuse)
    with pytest.raises(UnreachableError, match=r"metadata_00000.parquet cannot be read: Conn"):
        load_store(URL)
    with pytest.raises(UnreachableError, match=r"cannot be read: Connection lost"):
        check_store(URL)
    with pytest.raises(OSError, match=r"Connection lost"):
        repair_store(URL)
    with pytest.raises(OSError, match=r"write to the store memory://.*Connection lost.* goes on"):
        fill_at(URL, [image(11)])
    monkeypatch.undo()
    assert every_object(memory).keys() == before.keys()
    fill_at(URL, [image(n) for n in range(10)])
    assert check_store(URL).damages == ()


def test_two_writers_cannot_meet(describe: Describe) -> None:
    with (
        StoreWriter(URL, describe()),
        pytest.raises(BlockingIOError, match="another process is writing to the store memory://"),
        StoreWriter(URL, describe()),
    ):
        pass


def test_a_writer_whose_store_was_taken_over_stops_before_its_next_shard(
    memory: Any, image: MakeImage, describe: Describe
) -> None:
    with suppress(BlockingIOError), StoreWriter(URL, describe()) as writer:
        memory.pipe_file(f"{ROOT}/.lock", json.dumps({"writer": "another"}).encode())
        with pytest.raises(BlockingIOError, match="has taken over the store") as caught:
            writer.extend([image(n) for n in range(4)])
        raise caught.value
    assert not [name for name in every_object(memory) if "_00000" in name or "draft" in name]
    assert json.loads(memory.cat_file(f"{ROOT}/.lock"))["writer"] == "another"


def test_a_place_that_holds_something_else_is_refused(memory: Any, describe: Describe) -> None:
    memory.pipe_file(f"{ROOT}/sub/thesis.tex", b"precious")
    with (
        pytest.raises(ValueError, match=r"memory://.* holds other files such as 'sub/thesis.tex'"),
        StoreWriter(URL, describe()),
    ):
        pass
    assert memory.find("") == [f"{ROOT}/sub/thesis.tex"]


def test_an_interrupted_run_is_taken_up_where_it_was(image: MakeImage, describe: Describe) -> None:
    with suppress(KeyboardInterrupt), StoreWriter(URL, describe()) as writer:
        writer.extend([image(n) for n in range(6)])
        raise KeyboardInterrupt
    assert not read_description(URL).complete
    with StoreWriter(URL, describe()) as writer:
        assert writer.in_flight == 2


def test_vectors_are_read_in_memory_that_does_not_grow_with_them(
    image: MakeImage, fill_at: Fill
) -> None:
    width = 8192
    rows = [image(n) for n in range(1000)]
    wide = [
        dataclasses.replace(row, vector=np.full(width, n, np.float32)) for n, row in enumerate(rows)
    ]
    fill_at(URL, wide, dimension=width, shard_size=1000)
    stored = len(wide) * width * 4
    tracemalloc.start()
    loaded = load_store(URL, on_disk=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(loaded.vectors, np.memmap)
    assert loaded.vectors[:, 0].tolist() == list(range(1000))
    assert peak < stored / 4


def test_a_file_of_vectors_at_a_url_is_searched_where_it_lies(memory: Any) -> None:
    points = np.random.default_rng(0).standard_normal((50, 4)).astype(np.float32)
    file = io.BytesIO()
    np.save(file, points)
    memory.pipe_file("/bucket/points.npy", file.getvalue())
    found, expected = ts.self_knn("memory://bucket/points.npy", 2), ts.self_knn(points, 2)
    np.testing.assert_array_equal(found.ids, expected.ids)
    with pytest.raises(ValueError, match=r"a store or a .npy file, but there is none at 'memory:"):
        ts.self_knn("memory://bucket/points", 2)


def test_without_the_package_for_s3_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(MissingExtraError, match=r"'s3://a/b' .*'s3fs'.*install '.*\[s3\]'"):
        load_store("s3://a/b")


def test_what_cannot_be_written_is_one_line(memory: Any, describe: Describe) -> None:
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    memory.pipe_file("/all.zip", file.getvalue())
    with (
        pytest.raises(OSError, match=r"cannot write to the store zip://.*goes on from there$"),
        StoreWriter("zip://a.store::memory://all.zip", describe()),
    ):
        pass
