"""Images embedded by workers: the store of one process to the byte, whoever dies or stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from fake_workers import FakeWorkers
from twinscore.base.errors import SettingError
from twinscore.embedding.network import image_part, spread_embedder
from twinscore.embedding.network.spread_embedder import SpreadEmbedder
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twinscore.embedding.embedding_run import EmbeddingRun

    MakeFolder = Callable[..., Path]

pytest.importorskip("onnxruntime", reason="needs the extra cpu")


@pytest.fixture
def model(save_model: Callable[..., Path]) -> Path:
    return save_model()


@pytest.fixture
def workers() -> FakeWorkers:
    return FakeWorkers(np.random.default_rng(0), deaths=0.3)


@pytest.fixture
def frames(make_folder: MakeFolder) -> Path:
    folder = make_folder("frames", {"a": 40, "b": 21})
    (folder / "a" / "007.png").write_bytes(b"cut off")
    return folder


def bytes_of(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(store.glob("[ems]*"))}


@pytest.mark.parametrize(("shard_size", "isolated"), [(7, False), (24, True), (4096, False)])
def test_the_store_is_that_of_one_process_to_the_byte(
    frames: Path, tmp_path: Path, model: Path, workers: FakeWorkers, shard_size: int, isolated: bool
) -> None:
    embedder = ts.Embedder(model, threads=2, batch_size=3, isolated=isolated)
    ts.embed(frames, tmp_path / "one", model=embedder, shard_size=shard_size)
    run = ts.embed(
        frames, tmp_path / "many", model=embedder, shard_size=shard_size, workers=workers
    )
    assert bytes_of(tmp_path / "many") == bytes_of(tmp_path / "one")
    assert (run.embedded, run.failed) == (60, 1)
    assert run.failures[0].reason == "not an image"
    assert len(workers.names) > 5


@pytest.mark.parametrize("after", [1, 2, 5])
def test_an_interrupted_run_keeps_what_came_and_goes_on_to_the_same_store(
    frames: Path, tmp_path: Path, model: Path, workers: FakeWorkers, after: int
) -> None:
    calls = 0

    def stop(run: EmbeddingRun) -> None:
        nonlocal calls
        calls += run.done > 0
        if calls == after:
            raise KeyboardInterrupt

    ts.embed(frames, tmp_path / "one", model=model, shard_size=11)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("twinscore.embedding.embedding_run._SECONDS_BETWEEN_REPORTS", 0.0)
        with pytest.raises(KeyboardInterrupt):
            ts.embed(
                frames,
                tmp_path / "many",
                model=model,
                shard_size=11,
                workers=workers,
                progress=stop,
            )
    assert not workers.begun
    run = ts.embed(frames, tmp_path / "many", model=model, shard_size=11, workers=workers)
    assert run.unchanged
    assert bytes_of(tmp_path / "many") == bytes_of(tmp_path / "one")


def test_pixels_and_encoded_images_reach_workers(model: Path, workers: FakeWorkers) -> None:
    images = list(np.random.default_rng(0).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8))
    here = ts.Embedder(model, threads=1)
    np.testing.assert_array_equal(SpreadEmbedder(here, workers).embed(images), here.embed(images))


def test_parts_are_of_whole_batches_within_a_shard(workers: FakeWorkers) -> None:
    items = [ImageItem(str(i), b"") for i in range(200)]
    batches = [items[start : start + 4] for start in range(0, 48, 4)]
    batches += [items[48:50], *(items[start : start + 4] for start in range(50, 200, 4))]
    parts = list(spread_embedder._parts(batches, 50, 0, workers))
    assert [item for part in parts for item in part] == items
    ends = np.cumsum([len(part) for part in parts])
    assert 50 in ends
    assert max(map(len, parts)) <= spread_embedder.MOST_BATCHES * 4
    assert len(parts[0]) == 4


def test_files_that_only_workers_do_not_see_stop_the_run(
    frames: Path, model: Path, workers: FakeWorkers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(image_part, "_is_there", lambda item: not item.name.endswith("007.png"))
    with pytest.raises(FileNotFoundError, match=r"worker on \S+ does not see \S+007.png, which is"):
        ts.embed(frames, tmp_path / "store", model=model, workers=workers)


def test_files_that_are_gone_fail_as_in_one_process(
    frames: Path, tmp_path: Path, model: Path, workers: FakeWorkers
) -> None:
    images = [*sorted(frames.rglob("*.png"))[:5], frames / "gone.png"]
    run = ts.embed(images, tmp_path / "store", model=model, workers=workers)
    assert (run.embedded, run.failed) == (5, 1)
    assert run.failures[0].reason == "no such file"


def test_another_model_on_a_worker_is_refused(
    frames: Path, tmp_path: Path, model: Path, workers: FakeWorkers
) -> None:
    embedder = ts.Embedder(model)
    embedder.network.fingerprint = "another"
    with pytest.raises(ValueError, match="expected the model another on every machine"):
        ts.embed(frames, tmp_path / "store", model=embedder, workers=workers)


@pytest.mark.parametrize("device", ["auto", "cuda:1"])
def test_devices_that_no_worker_can_have_are_refused(
    frames: Path, tmp_path: Path, model: Path, workers: FakeWorkers, device: str
) -> None:
    with pytest.raises(SettingError, match="expected the device cpu or cuda with workers"):
        ts.embed(frames, tmp_path / "store", model=model, device=device, workers=workers)
    assert not (tmp_path / "store").exists()
