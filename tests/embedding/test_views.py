from __future__ import annotations

import gc
import json
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from annotated_images import (
    SCENE,
    SIZE,
    WRITERS,
    Drawn,
    coco,
    write_coco,
    write_images,
    write_kitti,
)
from twinscore.base.errors import UnreadableImageError
from twinscore.embedding.network.embedder import Embedder
from twinscore.embedding.views import embed_views
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.decoding import read_image
from twinscore.images.facts.catalog import FACT_NAMES, OF_THE_FRAME
from twinscore.images.sources.folder import FolderSource
from twinscore.images.sources.sequence import SequenceSource
from twinscore.images.views.annotated_source import AnnotatedSource
from twinscore.images.views.settings import VIEWS, ViewSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twinscore.embedding.views import EmbeddedViews

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")

ALL = ViewSettings(names=VIEWS, smallest=1)


@pytest.fixture
def embedder(save_model: Callable[..., Path]) -> Embedder:
    return Embedder(save_model(), threads=2)


def annotated(folder: Path, annotations: Path) -> AnnotatedSource:
    return AnnotatedSource(FolderSource(folder / "images"), open_annotations(annotations))


@pytest.fixture
def views(tmp_path: Path, embedder: Embedder) -> EmbeddedViews:
    write_images(tmp_path / "images")
    return embed_views(annotated(tmp_path, write_coco(tmp_path, SCENE)), embedder, ALL)


def test_every_view_has_a_row_for_each_picture_and_objects_are_grouped_by_image(
    views: EmbeddedViews,
) -> None:
    sizes = {name: len(side.vectors) for name, side in views.embeddings.items()}
    assert sizes == {"items": 5, "in-place": 5, "environment": 4, "scenes": 4}
    items = views.embeddings["items"]
    assert items.columns["class"] == ("car", "person", "car", "car", "person")
    assert items.groups is not None
    assert len(set(items.groups)) == 3
    assert len(set(items.names)) == 5
    assert views.embeddings["scenes"].groups is None
    assert views.counts.without_objects == 1
    assert views.counts.objects == {"car": 3, "person": 2}


def test_pictures_read_again_give_the_same_points(views: EmbeddedViews, embedder: Embedder) -> None:
    for name, side in views.embeddings.items():
        items = list(views.sources[name])
        assert tuple(item.name for item in items) == side.names
        np.testing.assert_array_equal(embedder.embed(items), side.vectors)


@pytest.mark.parametrize("format_name", WRITERS)
def test_every_format_gives_the_same_points(
    tmp_path: Path, embedder: Embedder, format_name: str, views: EmbeddedViews
) -> None:
    write_images(tmp_path / "other" / "images")
    source = annotated(tmp_path / "other", WRITERS[format_name](tmp_path / "other", SCENE))
    other = embed_views(source, embedder, ALL)
    for name, side in views.embeddings.items():
        rows = other.embeddings[name].vectors
        assert sorted(map(bytes, rows)) == sorted(map(bytes, side.vectors))


def test_points_do_not_depend_on_threads(
    tmp_path: Path, embedder: Embedder, views: EmbeddedViews
) -> None:
    source = annotated(tmp_path, tmp_path / "box.json")
    one = embed_views(source, embedder, ALL, threads=1)
    for name, side in views.embeddings.items():
        np.testing.assert_array_equal(one.embeddings[name].vectors, side.vectors)
        assert one.embeddings[name].names == side.names


def test_small_objects_are_counted_left_out_and_still_covered(
    tmp_path: Path, embedder: Embedder, views: EmbeddedViews
) -> None:
    source = annotated(tmp_path, tmp_path / "box.json")
    large = embed_views(source, embedder, ViewSettings(names=VIEWS, smallest=20))
    assert large.counts.too_small == 1
    assert len(large.embeddings["items"].vectors) == 4
    np.testing.assert_array_equal(
        large.embeddings["environment"].vectors, views.embeddings["environment"].vectors
    )


def test_what_cannot_be_used_is_counted_and_costs_nothing_else(
    tmp_path: Path, embedder: Embedder
) -> None:
    write_images(tmp_path / "images")
    (tmp_path / "images" / "0001.png").write_bytes(b"\x89PNG damaged")
    write_images(tmp_path / "images", ["0009"])
    document = coco(SCENE)
    document["annotations"].append({"id": 99, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3]})
    document["images"].append({"id": 50, "file_name": "absent.png"})
    (tmp_path / "boxes.json").write_text(json.dumps(document))
    found = embed_views(annotated(tmp_path, tmp_path / "boxes.json"), embedder, ALL)
    assert len(found.counts.unread) == 1
    assert found.counts.unannotated == 1
    assert sorted(problem.record.rpartition("/")[2] for problem in found.counts.problems) == [
        "boxes.json absent.png",
        "boxes.json annotation 99",
    ]
    sizes = {name: len(side.vectors) for name, side in found.embeddings.items()}
    assert sizes == {"items": 3, "in-place": 3, "environment": 3, "scenes": 4}
    assert [skip.name[-8:] for skip in found.embeddings["items"].skipped] == ["0001.png"]


def test_an_image_whose_objects_fill_it_has_no_environment(
    tmp_path: Path, embedder: Embedder
) -> None:
    write_images(tmp_path / "images")
    document = coco(SCENE)
    document["annotations"].append(
        {"id": 99, "image_id": 2, "category_id": 1, "bbox": [0, 0, *SIZE]}
    )
    (tmp_path / "boxes.json").write_text(json.dumps(document))
    found = embed_views(annotated(tmp_path, tmp_path / "boxes.json"), embedder, ALL)
    assert found.counts.covered == 1
    assert len(found.embeddings["environment"].vectors) == 3


def test_objects_without_a_mask_are_counted_where_the_background_is_left_out(
    tmp_path: Path, embedder: Embedder
) -> None:
    write_images(tmp_path / "images")
    alone = ViewSettings(names=("items",), smallest=1, without_background=True)
    boxes = embed_views(annotated(tmp_path, write_coco(tmp_path, SCENE)), embedder, alone)
    assert (boxes.counts.without_mask, len(boxes.embeddings["items"].vectors)) == (5, 0)
    outlined = annotated(tmp_path, write_coco(tmp_path, SCENE, "polygon"))
    masks = embed_views(outlined, embedder, alone)
    assert (masks.counts.without_mask, len(masks.embeddings["items"].vectors)) == (0, 5)


def test_an_image_turned_by_exif_shows_what_a_person_sees(
    tmp_path: Path, embedder: Embedder
) -> None:
    write_images(tmp_path / "images")
    write_images(tmp_path / "turned" / "images")
    for path in sorted((tmp_path / "turned" / "images").iterdir()):
        with Image.open(path) as image:
            exif = Image.Exif()
            exif[0x0112] = 6
            # Shown, this is the image: it lies in its file turned the other way.
            image.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    straight = embed_views(annotated(tmp_path, write_coco(tmp_path, SCENE)), embedder, ALL)
    turned = annotated(tmp_path / "turned", write_coco(tmp_path / "turned", SCENE))
    found = embed_views(turned, embedder, ALL)
    for name, side in straight.embeddings.items():
        np.testing.assert_array_equal(found.embeddings[name].vectors, side.vectors)


def test_images_of_sixteen_bits_and_in_memory_are_cut_alike(
    tmp_path: Path, embedder: Embedder, views: EmbeddedViews
) -> None:
    pictures = []
    for name in SCENE:
        with Image.open(tmp_path / "images" / f"{name}.png") as image:
            pictures.append(np.asarray(image).astype(np.uint16) * 257)
    (tmp_path / "again").mkdir()
    annotations = open_annotations(tmp_path / "box.json")
    named = [
        item.__class__(f"{name}.png", item.content)
        for name, item in zip(SCENE, SequenceSource(pictures), strict=True)
    ]
    found = embed_views(AnnotatedSource(SequenceSource(named), annotations), embedder, ALL)
    for name, side in views.embeddings.items():
        np.testing.assert_array_equal(found.embeddings[name].vectors, side.vectors)


def test_vectors_on_disk_are_the_same(
    tmp_path: Path, embedder: Embedder, views: EmbeddedViews
) -> None:
    source = annotated(tmp_path, tmp_path / "box.json")
    found = embed_views(source, embedder, ALL, on_disk=True)
    for name, side in views.embeddings.items():
        assert isinstance(found.embeddings[name].vectors, np.memmap)
        np.testing.assert_array_equal(found.embeddings[name].vectors, side.vectors)


def test_facts_of_the_frame_are_not_told_of_objects(views: EmbeddedViews) -> None:
    items, scenes = views.embeddings["items"].pixel_facts, views.embeddings["scenes"].pixel_facts
    assert items is not None
    assert scenes is not None
    places = [FACT_NAMES.index(name) for name in OF_THE_FRAME]
    assert np.isnan(items[:, places]).all()
    assert not np.isnan(scenes[:, FACT_NAMES.index("vignetting")]).any()


def test_an_object_whose_annotation_is_gone_gives_a_reason(
    tmp_path: Path, embedder: Embedder
) -> None:
    write_images(tmp_path / "images")
    labels = write_kitti(tmp_path, SCENE)
    items = embed_views(annotated(tmp_path, labels), embedder, ALL).sources["items"]
    (labels / "0001.txt").write_text("")
    gone = [item for item in items if item.name.split("/")[-1].startswith("0001")]
    assert len(gone) == 2
    for item in gone:
        with pytest.raises(UnreadableImageError, match="its annotation is no longer there"):
            read_image(item.content)


def test_an_object_takes_few_bytes_beside_its_vector(tmp_path: Path, embedder: Embedder) -> None:
    def held(objects: int) -> int:
        folder = tmp_path / str(objects)
        write_images(folder / "images", ["0001"])
        scene = {
            "0001": [
                Drawn("car", (x % 80, x // 80, x % 80 + 9, x // 80 + 9)) for x in range(objects)
            ]
        }
        file = write_coco(folder, scene)
        tracemalloc.start()
        source = annotated(folder, file)
        found = embed_views(source, embedder, ViewSettings(smallest=1), threads=1)
        assert len(found.embeddings["items"].vectors) == objects
        gc.collect()
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return size

    held(10)  # what is made once is made
    assert (held(500) - held(100)) / 400 < 600
