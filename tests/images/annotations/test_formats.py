from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from annotated_images import SCENE, WRITERS, write_images
from twinscore.images.annotations.matching import match_images
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.annotations.placement import place_objects
from twinscore.images.records import ImageItem
from twinscore.images.sources.folder import FolderSource
from twinscore.images.views.cutting import cut_image
from twinscore.images.views.settings import VIEWS, ViewSettings

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pycocotools", reason="needs the extra objects")

FORMATS = pytest.mark.parametrize("format_name", WRITERS)


@FORMATS
def test_every_format_gives_the_same_boxes_and_classes(tmp_path: Path, format_name: str) -> None:
    write_images(tmp_path / "images")
    annotations = open_annotations(WRITERS[format_name](tmp_path, SCENE))
    found = {}
    for name in annotations.names:
        objects, problems = place_objects(annotations.read(name), (96, 64), lambda: 1)
        assert problems == []
        assert objects is not None
        found[PurePosixPath(name).stem] = sorted(
            (each.class_name, each.box.left, each.box.top, each.box.right, each.box.bottom)
            for each in objects
        )
    expected = {
        name: sorted((each.class_name, *each.box) for each in objects)
        for name, objects in SCENE.items()
    }
    assert found == expected


def pictures(folder: Path, annotations_at: Path) -> dict[str, list[bytes]]:
    annotations = open_annotations(annotations_at)
    source = FolderSource(folder / "images")
    items = list(source)
    matching = match_images([item.name for item in items], annotations)
    settings = ViewSettings(names=VIEWS, smallest=1)
    views: dict[str, list[bytes]] = {}
    for item, name in zip(items, matching.annotated, strict=True):
        annotated = None if name is None else annotations.read(name)
        cut = cut_image(ImageItem(item.name, item.content), annotated, settings)
        for piece in cut.pieces:
            assert piece.picture is not None
            size = "x".join(map(str, piece.picture.size)).encode()
            views.setdefault(piece.view, []).append(size + piece.picture.tobytes())
    return {view: sorted(pixels) for view, pixels in views.items()}


@FORMATS
def test_every_format_gives_the_same_crops_byte_for_byte(tmp_path: Path, format_name: str) -> None:
    for folder in ("first", "other"):
        write_images(tmp_path / folder / "images")
    first = pictures(tmp_path / "first", WRITERS["COCO boxes"](tmp_path / "first", SCENE))
    other = pictures(tmp_path / "other", WRITERS[format_name](tmp_path / "other", SCENE))
    assert other == first
    assert {view: len(pixels) for view, pixels in first.items()} == {
        "items": 5,
        "in-place": 5,
        "environment": 4,
        "scenes": 4,
    }


@FORMATS
def test_every_format_finds_its_images_beside_it(tmp_path: Path, format_name: str) -> None:
    write_images(tmp_path / "images")
    annotations = open_annotations(WRITERS[format_name](tmp_path, SCENE))
    found = sorted(path.name for path in annotations.image_files())
    assert found == [f"{name}.png" for name in SCENE]


@FORMATS
def test_a_folder_around_annotations_leads_to_them(tmp_path: Path, format_name: str) -> None:
    annotations = open_annotations(WRITERS[format_name](tmp_path, SCENE))
    again = open_annotations(annotations.location)
    assert (again.format, tuple(again.names)) == (annotations.format, tuple(annotations.names))
