from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from twinscore.images.annotations.matching import match_images
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.sources.folder import FolderSource
from twinscore.images.views.annotated_source import AnnotatedSource

SIZE = 64


def draw(folder: Path, images: str, masks: str, count: int = 3, seed: int = 0) -> Path:
    """Write images of noise and a mask of one object each, named as patterns say."""
    random = np.random.default_rng(seed)
    for number in range(count):
        pixels = random.integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)
        mask = np.zeros((SIZE, SIZE), dtype=np.uint8)
        mask[8:40, 10:50] = 7
        for pattern, values in ((images, pixels), (masks, mask)):
            file = folder / pattern.format(number)
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(values).save(file)
    return folder


@pytest.mark.parametrize(
    ("images", "masks", "location"),
    [
        ("{}.png", "masks/{}.png", "masks"),
        ("{}.png", "masks/{}_instances.png", "masks"),
        ("rgb/{}.png", "rgb/ids/deep/{}.tif", "rgb/ids"),
        ("{}.png", "{}_mask.png", "."),
        ("{}.jpg", "{}.png", "."),
        ("cam/{}.png", "cam/{}_seg.png", "."),
    ],
)
def test_masks_among_images_are_masks_of_them_and_no_images(
    images: str, masks: str, location: str, tmp_path: Path
) -> None:
    folder = draw(tmp_path, images, masks)
    source = AnnotatedSource(FolderSource(folder), open_annotations(folder / location))
    names = [item.name for item in source]
    assert names == [f"{folder.as_posix()}/{images.format(number)}" for number in range(3)]
    assert len(source) == 3
    matching = match_images(names, source.annotations)
    assert None not in matching.annotated
    assert not matching.problems


def test_an_image_without_a_mask_beside_those_that_have_one_stays(tmp_path: Path) -> None:
    folder = draw(tmp_path, "{}.png", "{}_mask.png")
    (folder / "1_mask.png").unlink()
    source = AnnotatedSource(FolderSource(folder), open_annotations(folder))
    names = [item.name for item in source]
    assert [Path(name).name for name in names] == ["0.png", "1.png", "2.png"]
    assert match_images(names, source.annotations).annotated == ("0", None, "2")


def test_of_several_masks_of_an_image_that_of_instances_is_taken_and_none_is_an_image(
    tmp_path: Path,
) -> None:
    draw(tmp_path, "{}.png", "{}_seg.png")
    folder = draw(tmp_path, "{}.png", "{}_instances.png")
    annotations = open_annotations(folder)
    source = AnnotatedSource(FolderSource(folder), annotations)
    assert [Path(item.name).name for item in source] == ["0.png", "1.png", "2.png"]
    assert annotations.read("0").objects[0].record.endswith("0_instances.png number 7")
    assert [Path(problem.record).name for problem in annotations.problems] == [
        "0_seg.png",
        "1_seg.png",
        "2_seg.png",
    ]


def test_masks_beside_the_folder_of_images_take_no_image_away(tmp_path: Path) -> None:
    draw(tmp_path, "images/{}.png", "masks/{}.png")
    masks = open_annotations(tmp_path / "masks")
    assert len(AnnotatedSource(FolderSource(tmp_path / "images"), masks)) == 3


def test_a_score_counts_no_mask_as_a_scene(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real = draw(tmp_path / "real", "{}.png", "masks/{}.png", 12, seed=1)
    synthetic = draw(tmp_path / "synthetic", "{}.png", "masks/{}.png", 12, seed=2)
    result = ts.score(
        real,
        synthetic,
        real_objects=real / "masks",
        synthetic_objects=synthetic / "masks",
        views=["items", "scenes"],
    )
    assert result.views is not None
    for view in ("items", "scenes"):
        assert (result.views[view].n_real, result.views[view].n_synthetic) == (12, 12)
