"""Images into a store: each once, whatever breaks, and the same however often it was stopped."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from pyarrow import parquet

import twinscore as ts
from twinscore.embedding.store import load_store
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twinscore.embedding.embedding_run import EmbeddingRun

    MakeFolder = Callable[..., Path]
    SaveModel = Callable[..., Path]

pytest.importorskip("onnxruntime", reason="needs the extra cpu")


@pytest.fixture
def embedder(save_model: SaveModel) -> ts.Embedder:
    """A small network: images become the means of their channels."""
    return ts.Embedder(save_model(), threads=2, batch_size=3)


def rows_of(store: Path) -> list[dict[str, Any]]:
    files = sorted(store.glob("metadata_*.parquet"))
    return [row for file in files for row in parquet.read_table(file).to_pylist()]


def bytes_of(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(store.glob("[ems]*"))}


def test_a_folder_becomes_a_store_that_scores_as_the_folder(
    make_folder: MakeFolder, tmp_path: Path, embedder: ts.Embedder
) -> None:
    real, twin = make_folder("real", {"a": 9, "b": 8}), make_folder("twin", {"a": 7}, seed=1)
    for side in (real, twin):
        ts.embed(side, tmp_path / f"{side.name}.store", model=embedder, shard_size=5)
    of_stores = ts.score(tmp_path / "real.store", tmp_path / "twin.store")
    of_folders = ts.score(real, twin, model=embedder)
    assert of_stores.score == of_folders.score
    assert of_stores.samples.equals(of_folders.samples)
    row = rows_of(tmp_path / "real.store")[0]
    assert (row["format"], row["width"], row["height"], row["mode"]) == ("PNG", 40, 32, "RGB")
    assert row["size"] == (real / "a" / "000.png").stat().st_size


def test_embeddings_of_a_folder_carry_columns_facts_and_groups(
    make_folder: MakeFolder, embedder: ts.Embedder
) -> None:
    from twinscore.embedding.into_memory import embed_images
    from twinscore.images.sources import SequenceSource

    paths = sorted(make_folder("real", {"a": 4}).rglob("*.png"))
    items = [
        ImageItem(path.name, path, None if place == 2 else "clip", {"weather": str(place)})
        for place, path in enumerate(paths)
    ]
    items.insert(1, ImageItem("broken", b"no image"))
    embeddings = embed_images(SequenceSource(items), embedder)
    assert embeddings.groups == ("clip", "clip", "image 3", "clip")
    assert embeddings.columns == {"weather": ("0", "1", "2", "3")}
    assert embeddings.facts is not None
    assert {facts.format for facts in embeddings.facts if facts} == {"PNG"}
    assert [each.name for each in embeddings.skipped] == ["broken"]


def test_a_second_run_embeds_only_what_is_new_or_changed(
    make_folder: MakeFolder, tmp_path: Path, embedder: ts.Embedder
) -> None:
    folder, store = make_folder("real", {"a": 6}), tmp_path / "store"
    ts.embed(folder, store, model=embedder, shard_size=4)
    again = ts.embed(folder, store, model=embedder)
    assert (again.embedded, again.unchanged) == (0, 6)
    make_folder("real", {"b": 3}, seed=1)
    Image.new("RGB", (8, 8), (1, 2, 3)).save(folder / "a" / "002.png")
    third = ts.embed(folder, store, model=embedder)
    assert (third.embedded, third.unchanged) == (4, 5)
    names = sorted(load_store(store).names)
    assert names == sorted(str(path) for path in folder.rglob("*.png"))


def test_another_spelling_of_the_folder_makes_no_other_images(
    make_folder: MakeFolder,
    tmp_path: Path,
    embedder: ts.Embedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, store = make_folder("real", {"a": 6}), tmp_path / "store"
    ts.embed(folder, store, model=embedder)
    monkeypatch.chdir(tmp_path)
    assert ts.embed("real", store, model=embedder).unchanged == 6


@pytest.mark.parametrize("hashed", [False, True])
def test_hashed_images_are_known_again_after_they_were_touched(
    make_folder: MakeFolder, tmp_path: Path, embedder: ts.Embedder, hashed: bool
) -> None:
    folder, store = make_folder("real", {"a": 4}), tmp_path / "store"
    ts.embed(folder, store, model=embedder, hashed=hashed)
    os.utime(folder / "a" / "001.png", (1, 1))
    again = ts.embed(folder, store, model=embedder, hashed=hashed)
    assert again.unchanged == (4 if hashed else 3)
    assert all((row["sha256"] is not None) == hashed for row in rows_of(store))


def test_images_in_memory_are_known_again(tmp_path: Path, embedder: ts.Embedder) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 9, 9, 3), dtype=np.uint8)
    ts.embed(pixels, tmp_path / "store", model=embedder)
    assert ts.embed(pixels, tmp_path / "store", model=embedder).unchanged == 5
    pixels[3, 0, 0, 0] ^= 255
    images = [Image.fromarray(each) for each in pixels]
    run = ts.embed(images[:3] + list(pixels[3:]), tmp_path / "store", model=embedder)
    assert (run.unchanged, run.embedded) == (1, 4)  # Pillow's are other images than arrays


@pytest.mark.parametrize("isolated", [False, True])
def test_a_run_stopped_anywhere_gives_the_same_store(
    make_folder: MakeFolder, tmp_path: Path, save_model: SaveModel, isolated: bool
) -> None:
    folder = make_folder("real", {"a": 23})
    (folder / "a" / "007.png").write_bytes(b"")
    model = save_model(shape=("n", 3, 224, 224))
    embedder = ts.Embedder(model, threads=2, batch_size=3, isolated=isolated)
    ts.embed(folder, tmp_path / "whole", model=embedder, shard_size=5)

    def stop_after(images: int) -> Callable[[EmbeddingRun], None]:
        def stop(run: EmbeddingRun) -> None:
            if run.embedded + run.failed >= images:
                raise KeyboardInterrupt

        return stop

    for images in (4, 9, 3):
        with suppress(KeyboardInterrupt):
            ts.embed(
                folder,
                tmp_path / "broken",
                model=embedder,
                shard_size=5,
                progress=stop_after(images),
            )
    ts.embed(folder, tmp_path / "broken", model=embedder)
    assert bytes_of(tmp_path / "broken") == bytes_of(tmp_path / "whole")


def test_every_kind_of_bad_file_is_a_row_with_a_reason(
    make_folder: MakeFolder, tmp_path: Path, embedder: ts.Embedder
) -> None:
    folder = make_folder("real", {"a": 5})
    png = (folder / "a" / "000.png").read_bytes()
    (folder / "a" / "empty.png").write_bytes(b"")
    (folder / "a" / "text.png").write_text("no image at all")
    (folder / "a" / "cut.png").write_bytes(png[: len(png) // 2])
    source = [*sorted(folder.rglob("*.png")), folder / "a" / "gone.png"]
    run = ts.embed(source, tmp_path / "store", model=embedder)
    assert (run.embedded, run.failed) == (5, 4)
    reasons = {os.path.basename(each.name): each.reason for each in run.failures}  # noqa: PTH119
    assert reasons == {
        "empty.png": "empty file",
        "text.png": "not an image",
        "cut.png": "truncated file",
        "gone.png": "no such file",
    }
    assert {row["status"] for row in rows_of(tmp_path / "store")} == {"ok", *reasons.values()}
    assert ts.embed(source, tmp_path / "store", model=embedder).unchanged == 9
    shutil.copy(folder / "a" / "000.png", folder / "a" / "gone.png")
    assert ts.embed(source, tmp_path / "store", model=embedder).embedded == 1


def test_embeddings_cannot_be_embedded(tmp_path: Path, embedder: ts.Embedder) -> None:
    np.save(tmp_path / "real.npy", np.zeros((4, 3), np.float32))
    with pytest.raises(ValueError, match=r"expected images to embed, got embeddings: .*real.npy"):
        ts.embed(tmp_path / "real.npy", tmp_path / "store", model=embedder)


def test_progress_counts_up_to_all_images(
    make_folder: MakeFolder, tmp_path: Path, embedder: ts.Embedder
) -> None:
    seen: list[tuple[int, int]] = []
    run = ts.embed(
        make_folder("real", {"a": 12}),
        tmp_path / "store",
        model=embedder,
        progress=lambda run: seen.append((run.done, run.total)),
    )
    assert seen == sorted(seen)
    assert seen[-1] == (12, 12)
    assert run.images_per_second > 0
