"""Pictures are small, upright, within the budget, and of the image that the row came from."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from twinscore.records import Embeddings, ImageItem
from twinscore.report import thumbnails
from twinscore.report.thumbnails import Thumbnails, path_pictures
from twinscore.scored_pool import ScoredPool
from twinscore.sources import SequenceSource

if TYPE_CHECKING:
    from pathlib import Path

GREYS = [10 * number for number in range(20)]


def encoded(grey: int, format_: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (200, 100), (grey, grey, grey)).save(stream, format=format_)
    return stream.getvalue()


def decoded(picture: str) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    image.load()
    return image


def grey_of(picture: str) -> float:
    return float(np.asarray(decoded(picture)).mean())


def pool_of(kept: list[int], greys: list[int]) -> ScoredPool:
    """Real images from memory, of which only some were read; a synthetic side without images."""
    items = [ImageItem(f"image {number}", encoded(grey)) for number, grey in enumerate(greys)]
    names = tuple(f"image {number}" for number in kept)
    real = Embeddings(np.zeros((len(kept), 2), np.float32), names)
    synthetic = Embeddings(np.zeros((3, 2), np.float32), ("rows.npy row 0", "x", "y"))
    return ScoredPool(real, synthetic, {"real": SequenceSource(items)})


def test_rows_lead_to_their_images_past_those_that_were_skipped() -> None:
    kept = [1, 2, 5, 6, 7, 11, 19]
    found = Thumbnails(pool_of(kept, GREYS)).of_rows(np.array([0, 2, 5, 6]), 64)
    assert set(found) == {0, 2, 5, 6}
    for row, picture in found.items():
        assert grey_of(picture) == pytest.approx(GREYS[kept[row]], abs=3)


def test_rows_without_an_image_have_no_picture() -> None:
    pool = pool_of([0, 1], GREYS)
    assert set(Thumbnails(pool).of_rows(np.array([0, 2, 3, 4]), 64)) == {0}


def test_the_longer_side_is_what_was_asked_for() -> None:
    (picture,) = Thumbnails(pool_of([4], GREYS)).of_rows(np.array([0]), 50).values()
    assert decoded(picture).size == (50, 25)


def test_small_images_are_not_enlarged() -> None:
    (picture,) = Thumbnails(pool_of([4], GREYS)).of_rows(np.array([0]), 500).values()
    assert decoded(picture).size == (200, 100)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_format_is_shown_as_embedding_reads_it(format_: str, tmp_path: Path) -> None:
    path = tmp_path / f"turned.{format_.lower()}"
    image = Image.new("RGB", (1200, 600), (200, 30, 30))
    image.paste((30, 30, 200), (0, 0, 600, 600))
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its side: upright is 600 x 1200, blue on top
    image.save(path, exif=exif)
    picture = decoded(path_pictures({"a": path}, 60, None)["a"])
    assert picture.size == (30, 60)
    red, _, blue = np.asarray(picture).astype(int)[8, 15]
    assert blue > red


def test_files_that_are_gone_or_damaged_have_no_picture(tmp_path: Path) -> None:
    (tmp_path / "damaged.jpg").write_bytes(encoded(9, "JPEG")[:100])
    files = {"damaged": tmp_path / "damaged.jpg", "gone": tmp_path / "gone.png"}
    assert path_pictures(files, 60, 1) == {}


def test_the_map_takes_smaller_pictures_before_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 150, 200, 3), dtype=np.uint8)
    items = [ImageItem(f"image {row}", pixels) for row, pixels in enumerate(noise)]
    side = Embeddings(np.zeros((40, 2), np.float32), tuple(item.name for item in items))
    empty = Embeddings(np.zeros((0, 2), np.float32), ())
    pool = ScoredPool(side, empty, {"real": SequenceSource(items)})

    def pictures(budget: int) -> dict[int, str]:
        monkeypatch.setattr(thumbnails, "HOVER_BUDGET", budget)
        return Thumbnails(pool).for_map(seed=0)

    everything = pictures(10**9)
    cost = sum(map(len, everything.values()))
    smaller = pictures(cost // 2)
    fewer = pictures(cost // 50)
    assert max(decoded(everything[0]).size) == thumbnails.HOVER_SIDES[0]
    assert len(smaller) == 40
    assert max(decoded(smaller[0]).size) in thumbnails.HOVER_SIDES[1:]
    assert 0 < len(fewer) < 40
    assert sum(map(len, fewer.values())) < 1.3 * cost / 50
