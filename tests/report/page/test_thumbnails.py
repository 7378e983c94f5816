"""Pictures are small, upright, within the budget, and of the image that the row came from."""

from __future__ import annotations

import base64
import dataclasses
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.images.records import ImageItem
from twinscore.images.sources import SequenceSource
from twinscore.report.page import thumbnails
from twinscore.report.page.thumbnails import Thumbnails, name_pictures
from twinscore.scoring.scored_pool import ScoredPool

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    picture = decoded(name_pictures([str(path)], 60, None)[str(path)])
    assert picture.size == (30, 60)
    red, _, blue = np.asarray(picture).astype(int)[8, 15]
    assert blue > red


def test_files_that_are_gone_or_damaged_have_no_picture(tmp_path: Path) -> None:
    (tmp_path / "damaged.jpg").write_bytes(encoded(9, "JPEG")[:100])
    files = [str(tmp_path / name) for name in ("damaged.jpg", "gone.png")]
    assert name_pictures(files, 60, 1) == {}


def test_the_map_takes_smaller_pictures_before_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 150, 200, 3), dtype=np.uint8)
    items = [ImageItem(f"image {row}", pixels) for row, pixels in enumerate(noise)]
    side = Embeddings(np.zeros((40, 2), np.float32), tuple(item.name for item in items))
    empty = Embeddings(np.zeros((0, 2), np.float32), ())
    pool = ScoredPool(side, empty, {"real": SequenceSource(items)})

    def pictures(budget: int) -> dict[int, str]:
        monkeypatch.setattr(thumbnails, "HOVER_BUDGET", budget)
        none = np.zeros(0, np.int64)
        return Thumbnails(pool).of_page(none, np.arange(40), seed=0)[1]

    everything = pictures(10**9)
    cost = sum(map(len, everything.values()))
    smaller = pictures(cost // 2)
    fewer = pictures(cost // 50)
    assert max(decoded(everything[0]).size) == thumbnails.HOVER_SIDES[0]
    assert len(smaller) == 40
    assert max(decoded(smaller[0]).size) in thumbnails.HOVER_SIDES[1:]
    assert 0 < len(fewer) < 40
    assert sum(map(len, fewer.values())) < 1.3 * cost / 50


def sides_of(written: Path, other: Path) -> ScoredPool:
    """Both sides from two files, with the names and sources that a score gives them."""
    sources: dict[str, Any] = {
        "real": open_source(written, side="real"),
        "synthetic": open_source(other, side="synthetic"),
    }
    real, synthetic = (
        Embeddings(np.zeros((len(source), 2), np.float32), tuple(item.name for item in source))
        for source in sources.values()
    )
    return ScoredPool(real, synthetic, sources)


def test_galleries_have_larger_pictures_than_the_map_and_no_image_has_two(tmp_path: Path) -> None:
    for side in ("photos", "renders"):
        (tmp_path / side).mkdir()
        for number in range(6):
            (tmp_path / side / f"{number}.png").write_bytes(encoded(20 * number))
    pool = sides_of(tmp_path / "photos", tmp_path / "renders")
    steps: list[tuple[int, int]] = []
    large, small = Thumbnails(pool).of_page(
        np.array([1, 7]),
        np.arange(12),
        seed=0,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert set(large) == {1, 7}
    assert set(small) == set(range(12)) - {1, 7}
    assert max(decoded(large[7]).size) == 200
    assert max(decoded(small[8]).size) == thumbnails.HOVER_SIDES[0]
    assert grey_of(large[7]) == pytest.approx(20, abs=3)
    assert steps[-1] == (12, 12)


def test_a_source_that_is_gone_costs_its_pictures_and_no_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import zipfile

    for side in ("photos.zip", "renders.zip"):
        with zipfile.ZipFile(tmp_path / side, "w") as archive:
            for number in range(3):
                archive.writestr(f"{number}.png", encoded(50 + number))
    pool = sides_of(tmp_path / "photos.zip", tmp_path / "renders.zip")
    (tmp_path / "photos.zip").unlink()

    class Vanished:
        def __len__(self) -> int:
            return 3

        def __iter__(self) -> Iterator[ImageItem]:
            raise OSError("the disk is gone")

    for sources in (pool.sources, {**pool.sources, "real": Vanished()}):
        left = dataclasses.replace(pool, sources=sources)
        assert set(Thumbnails(left).of_rows(np.arange(6), 64)) == {3, 4, 5}
    assert "real images cannot be read again: the disk is gone" in caplog.text


def test_linear_light_is_shown_at_the_exposure_that_was_scored(tmp_path: Path) -> None:
    pytest.importorskip("OpenImageIO", reason="needs the extra vfx")
    from images.decoding.test_scene_linear import write

    light = np.full((8, 8, 3), 0.05, np.float32)
    names = (str(write(tmp_path / "dim.exr", light)),)
    side = Embeddings(np.zeros((1, 2), np.float32), names)
    pool = ScoredPool(side, Embeddings(np.zeros((0, 2), np.float32), ()))
    greys = [
        grey_of(Thumbnails(dataclasses.replace(pool, exposure=stops)).of_rows(np.array([0]), 8)[0])
        for stops in (0.0, 3.0)
    ]
    assert greys[0] == pytest.approx(63, abs=4)
    assert greys[1] == pytest.approx(170, abs=4)
