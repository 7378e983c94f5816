"""Stores of images with their objects: the same as from files, whatever broke on the way."""

from __future__ import annotations

import dataclasses
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pyarrow import parquet

import twinscore as ts
from annotated_images import SCENE, write_coco, write_images, write_kitti
from twinscore.base.errors import SettingError
from twinscore.embedding.stored_views import load_views
from twinscore.embedding.views import embed_views
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.sources.folder import FolderSource
from twinscore.images.sources.grouping import GroupedByColumn
from twinscore.images.views.annotated_source import AnnotatedSource
from twinscore.images.views.settings import VIEWS, ViewSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twinscore.embedding.embedding_run import EmbeddingRun
    from twinscore.embedding.views import EmbeddedViews

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")

ALL = ViewSettings(names=VIEWS, smallest=1)


@pytest.fixture
def embedder(save_model: Callable[..., Path]) -> ts.Embedder:
    return ts.Embedder(save_model(), threads=2, batch_size=3)


@pytest.fixture
def scene(tmp_path: Path) -> tuple[Path, Path]:
    """Images, one damaged and one of which nothing is written down; and their annotations."""
    write_images(tmp_path / "images")
    write_images(tmp_path / "images", ["0009"])
    damaged = next(iter(SCENE))
    (tmp_path / "images" / f"{damaged}.png").write_bytes(b"\x89PNG damaged")
    file = write_coco(tmp_path, SCENE)
    document = json.loads(file.read_text())
    document["images"].append({"id": 50, "file_name": "absent.png"})
    document["annotations"].append({"id": 99, "image_id": 2, "category_id": 1, "bbox": [1, 2, 3]})
    file.write_text(json.dumps(document))
    return tmp_path / "images", file


def rows_of(store: Path) -> list[dict[str, Any]]:
    files = sorted(store.glob("metadata_*.parquet"))
    return [row for file in files for row in parquet.read_table(file).to_pylist()]


def bytes_of(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(store.glob("[emos]*"))}


def assert_same(found: EmbeddedViews, expected: EmbeddedViews) -> None:
    assert dataclasses.asdict(found.counts) == dataclasses.asdict(expected.counts)
    np.testing.assert_array_equal(found.facts.table, expected.facts.table)
    for name in ("classes", "units", "image_units"):
        assert getattr(found.facts, name) == getattr(expected.facts, name)
    for view, side in expected.embeddings.items():
        stored = found.embeddings[view]
        np.testing.assert_array_equal(stored.vectors, side.vectors)
        for name in ("names", "groups", "columns", "facts", "model", "preprocessing"):
            assert getattr(stored, name) == getattr(side, name), (view, name)
        assert set(stored.skipped) == set(side.skipped)
        np.testing.assert_array_equal(stored.pixel_facts, side.pixel_facts)
        assert list(found.fact_rows[view]) == list(expected.fact_rows[view])


def test_a_store_holds_what_the_images_give(
    scene: tuple[Path, Path], tmp_path: Path, embedder: ts.Embedder
) -> None:
    images, boxes = scene
    run = ts.embed(images, tmp_path / "s", model=embedder, objects=boxes, views=ALL, shard_size=4)
    assert (run.embedded, run.failed, run.total) == (4, 1, 5)
    source = AnnotatedSource(FolderSource(images), open_annotations(boxes))
    found = load_views(tmp_path / "s", ALL, side="real")
    assert found.counts.problems
    assert found.counts.unread
    assert_same(found, embed_views(source, embedder, ALL))
    whole = ts.load_store(tmp_path / "s")
    scenes = found.embeddings["scenes"]
    assert (whole.names, whole.columns) == (scenes.names, scenes.columns)


@pytest.mark.parametrize("group_by", ["folder", "class"])
def test_groups_are_columns_of_images_as_without_a_store(
    tmp_path: Path, embedder: ts.Embedder, group_by: str
) -> None:
    write_images(tmp_path / "images" / "a")
    boxes = write_coco(tmp_path, SCENE)
    ts.embed(tmp_path / "images", tmp_path / "s", model=embedder, objects=boxes, views=ALL)
    if group_by == "class":
        with pytest.raises(ValueError, match=r"group_by='class': expected one of the columns fol"):
            load_views(tmp_path / "s", ALL, side="real", group_by=group_by)
        return
    images = GroupedByColumn(FolderSource(tmp_path / "images"), group_by, side="real")
    expected = embed_views(AnnotatedSource(images, open_annotations(boxes)), embedder, ALL)
    assert_same(load_views(tmp_path / "s", ALL, side="real", group_by=group_by), expected)


def test_a_store_of_objects_lies_in_object_storage_as_well(
    scene: tuple[Path, Path], tmp_path: Path, embedder: ts.Embedder
) -> None:
    pytest.importorskip("fsspec", reason="needs the extra s3")
    images, boxes = scene
    given: dict[str, Any] = {"model": embedder, "objects": boxes, "views": ALL, "shard_size": 4}
    place = "memory://twinscore/objects.store"
    ts.embed(images, place, **given)
    ts.embed(images, tmp_path / "s", **given)
    assert ts.embed(images, place, **given).unchanged == 5
    assert_same(load_views(place, ALL, side="real"), load_views(tmp_path / "s", ALL, side="real"))


def test_a_run_stopped_anywhere_gives_the_same_store(
    scene: tuple[Path, Path], tmp_path: Path, embedder: ts.Embedder
) -> None:
    images, boxes = scene

    def embed(store: str, **others: Any) -> EmbeddingRun:
        given: dict[str, Any] = {"objects": boxes, "views": ALL, "shard_size": 4}
        return ts.embed(images, tmp_path / store, model=embedder, **given, **others)

    def stop(run: EmbeddingRun) -> None:
        if run.pictures + run.embedded >= 3:
            raise KeyboardInterrupt

    embed("whole")
    for _ in range(3):
        with suppress(KeyboardInterrupt):
            embed("broken", progress=stop)
    embed("broken")
    assert bytes_of(tmp_path / "broken") == bytes_of(tmp_path / "whole")
    assert embed("broken").unchanged == 5


@pytest.mark.parametrize("lost", [0, 1, 2, 3])
def test_what_a_killed_run_lost_is_embedded_again_and_nothing_else(
    scene: tuple[Path, Path], tmp_path: Path, embedder: ts.Embedder, lost: int
) -> None:
    images, boxes = scene
    store = tmp_path / "store"
    given: dict[str, Any] = {"model": embedder, "objects": boxes, "views": ALL, "shard_size": 4}
    ts.embed(images, store, **given)
    whole = bytes_of(store)
    for file in store.glob(f"*_{lost:05d}.*"):
        file.unlink()
    ts.embed(images, store, **given)
    assert bytes_of(store) == whole


def test_a_changed_annotation_takes_the_place_of_what_was_cut_out(
    tmp_path: Path, embedder: ts.Embedder
) -> None:
    write_images(tmp_path / "images")
    labels = write_kitti(tmp_path, SCENE)
    given: dict[str, Any] = {"model": embedder, "objects": labels, "views": ALL}
    ts.embed(tmp_path / "images", tmp_path / "store", **given)
    file = next(file for file in sorted(labels.iterdir()) if len(file.read_text().split("\n")) > 2)
    file.write_text(file.read_text().splitlines(keepends=True)[0])
    run = ts.embed(tmp_path / "images", tmp_path / "store", **given)
    assert (run.embedded, run.unchanged) == (1, 3)
    items = load_views(tmp_path / "store", ALL, side="real").embeddings["items"]
    assert len(items.names) == 4
    assert sum(row["views.view"] == "items" for row in rows_of(tmp_path / "store")) == 4


def test_images_that_are_gone_are_kept_unless_pruned(tmp_path: Path, embedder: ts.Embedder) -> None:
    write_images(tmp_path / "images")
    given: dict[str, Any] = {"model": embedder, "objects": write_kitti(tmp_path, SCENE)}
    ts.embed(tmp_path / "images", tmp_path / "store", **given)
    rows = len(rows_of(tmp_path / "store"))
    next(iter(sorted((tmp_path / "images").iterdir()))).unlink()
    assert ts.embed(tmp_path / "images", tmp_path / "store", **given).missing == 1
    assert len(rows_of(tmp_path / "store")) == rows
    ts.embed(tmp_path / "images", tmp_path / "store", prune=True, **given)
    named = {row["views.image"] or row["id"] for row in rows_of(tmp_path / "store")}
    assert len(named) == 3


def test_other_views_and_workers_are_refused(
    scene: tuple[Path, Path], tmp_path: Path, embedder: ts.Embedder
) -> None:
    images, boxes = scene
    ts.embed(images, tmp_path / "store", model=embedder, objects=boxes, views=ALL)
    other = dataclasses.replace(ALL, margin=0.5)
    with pytest.raises(SettingError, match=r"expected views .* margin 0\.15.*got .* margin 0\.5"):
        ts.embed(images, tmp_path / "store", model=embedder, objects=boxes, views=other)
    with pytest.raises(SettingError, match=r"expected views .* got whole images only"):
        ts.embed(images, tmp_path / "store", model=embedder)
    with pytest.raises(SettingError, match="expected objects without workers"):
        ts.embed(images, tmp_path / "b", model=embedder, objects=boxes, workers="ray")
    with pytest.raises(SettingError, match="expected annotations for views of objects, got none"):
        ts.embed(images, tmp_path / "b", model=embedder, views=["items"])


def test_a_store_without_its_objects_file_says_how_it_is_mended(
    scene: tuple[Path, Path], tmp_path: Path, embedder: ts.Embedder
) -> None:
    images, boxes = scene
    ts.embed(images, tmp_path / "store", model=embedder, objects=boxes, views=ALL)
    (tmp_path / "store" / "objects.json").unlink()
    with pytest.raises(ValueError, match=r"objects\.json: .*twinscore embed"):
        load_views(tmp_path / "store", ALL, side="real")
