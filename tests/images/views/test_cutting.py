from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from twinscore.images.annotations.placement import PixelBox
from twinscore.images.annotations.records import AnnotatedImage, Box, ObjectAnnotation
from twinscore.images.decoding import read_image
from twinscore.images.records import ImageItem
from twinscore.images.views.cuts import SquareAround
from twinscore.images.views.cutting import cut_image
from twinscore.images.views.image_view import ImageView
from twinscore.images.views.settings import ViewSettings

if TYPE_CHECKING:
    from pathlib import Path

ITEMS = ViewSettings(names=("items",), margin=0.0, smallest=1)


def annotated(*boxes: Box, size: tuple[float, float] | None = None) -> AnnotatedImage:
    return AnnotatedImage("a", tuple(ObjectAnnotation("a", "car", box) for box in boxes), size)


def test_an_object_lies_in_the_display_window_of_an_exr(tmp_path: Path) -> None:
    oiio = pytest.importorskip("OpenImageIO", reason="needs the extra vfx")
    # Of 40 x 30 pixels shown, the file holds those from column 10 and row 5 on, and some beyond.
    spec = oiio.ImageSpec(40, 20, 3, "half")
    spec.x, spec.y = 10, 5
    spec.full_x, spec.full_y, spec.full_width, spec.full_height = 0, 0, 40, 30
    light = np.zeros((20, 40, 3), dtype=np.float32)
    light[3:9, 2:8] = 1.0
    output = oiio.ImageOutput.create(str(tmp_path / "a.exr"))
    output.open(str(tmp_path / "a.exr"), spec)
    output.write_image(light)
    output.close()
    cut = cut_image(
        ImageItem("a", tmp_path / "a.exr"), annotated(Box(12, 8, 18, 14), size=(40, 30)), ITEMS
    )
    assert cut.size == (40, 30)
    assert cut.pieces[0].picture is not None
    assert cut.pieces[0].picture.getcolors() == [(36, (255, 255, 255))]


def test_an_image_that_cannot_be_read_gives_a_reason_and_no_pieces(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    cut = cut_image(ImageItem("a", tmp_path / "a.png"), annotated(), ITEMS)
    assert (cut.failure, cut.pieces, cut.size) == ("empty file", [], None)


@pytest.mark.parametrize(
    "unknown", [AnnotatedImage("a", is_known=False), annotated(Box(1, 1, 3, 3), size=(7, 50))]
)
def test_an_image_whose_objects_are_not_known_is_a_scene_only(unknown: AnnotatedImage) -> None:
    pixels = np.zeros((30, 40, 3), dtype=np.uint8)
    cut = cut_image(ImageItem("a", pixels), unknown, ViewSettings())
    assert [piece.view for piece in cut.pieces] == ["scenes"]
    assert not cut.is_annotated


def test_profiles_and_orientation_are_heeded_once() -> None:
    image = Image.fromarray(np.arange(60, dtype=np.uint8).reshape(5, 4, 3) * 4)
    image.info["gamma"] = 1.0
    seen = read_image(image.copy())
    cut = cut_image(ImageItem("a", image), annotated(), ViewSettings(names=("scenes",)))
    picture = cut.pieces[0].picture
    assert picture is not None
    np.testing.assert_array_equal(np.asarray(read_image(picture)), np.asarray(seen))
    assert image.info == {"gamma": 1.0}


def test_a_view_is_read_like_any_image_and_may_be_sent_to_another_process() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    view = pickle.loads(pickle.dumps(ImageView(pixels, SquareAround(PixelBox(5, 6, 15, 16), 0.0))))
    np.testing.assert_array_equal(np.asarray(read_image(view)), pixels[6:16, 5:15])


@pytest.mark.parametrize("bits", [8, 16])
def test_objects_annotated_before_a_tiff_is_turned_are_turned_with_it(
    tmp_path: Path, bits: int
) -> None:
    tifffile = pytest.importorskip("tifffile", reason="needs the extra cpu")
    stored = np.zeros((30, 40, 3), dtype=f"uint{bits}")
    stored[4:10, 20:32] = 2**bits - 1
    # 6: its first row is at the right, as a person sees it.
    tags = [(274, "H", 1, 6, True)]
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", extratags=tags)
    for content in (tmp_path / "a.tif", (tmp_path / "a.tif").read_bytes()):
        of = annotated(Box(20, 4, 32, 10), size=(40, 30))
        cut = cut_image(ImageItem("a", content), of, ITEMS)
        assert cut.size == (30, 40)
        assert [each.box for each in cut.objects] == [PixelBox(20, 20, 26, 32)]
        picture = cut.pieces[0].picture
        assert picture is not None
        assert np.count_nonzero(np.asarray(picture) == 255) == 3 * 72
