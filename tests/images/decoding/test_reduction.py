"""Large images lose detail by one rule, whatever their format and whoever leaves it out."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, features

from twinscore.images.decoding import Preprocessing, prepare_image, preprocess, read_image
from twinscore.images.decoding.reduction import reduction_factor

UNSCALED = Preprocessing(mean=(0, 0, 0), scale=(1, 1, 1))
LEVELS = 255.0


def scene(size: tuple[int, int], seed: int = 0) -> Image.Image:
    """Shapes of all sizes with noise on top: detail at every scale, as photographs have."""
    random = np.random.default_rng(seed)
    width, height = size
    picture = np.zeros((height, width, 3))
    cells = 4
    while cells < max(size):
        coarse = Image.fromarray(random.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        picture += np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), dtype=float)
        cells *= 2
    picture = 127 + (picture - picture.mean()) * 50 / picture.std()
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, format_name: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def difference(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> float:
    """Root mean square, in levels of 255."""
    return float(np.sqrt(np.mean((first.astype(float) - second) ** 2)))


@given(st.integers(1, 20000), st.integers(1, 20000), st.integers(1, 1024))
def test_the_shorter_side_keeps_what_is_asked_for_and_less_than_twice_that(
    width: int, height: int, shorter_side: int
) -> None:
    factor = reduction_factor((width, height), shorter_side)
    kept = -(-min(width, height) // factor)
    assert factor == 1 or kept >= shorter_side
    assert kept < 2 * shorter_side


@given(st.integers(1, 20000), st.integers(1, 1024), st.integers(0, 6))
def test_it_does_not_matter_who_reduces(side: int, shorter_side: int, already: int) -> None:
    factor = reduction_factor((side, side), shorter_side)
    done = min(factor, 2**already)
    left = -(-side // done)
    assert reduction_factor((left, left), shorter_side) * done == factor


@pytest.mark.parametrize("side", [1023, 1024, 1025, 1081, 2047, 2048, 4089])
def test_jpeg_comes_out_of_the_decoder_as_large_as_reduced_pixels(side: int) -> None:
    content = encoded(Image.new("RGB", (side + 40, side)), "JPEG")
    factor = reduction_factor((side + 40, side), 512)
    decoded = read_image(content, shorter_side=512)
    assert decoded.size == (-(-(side + 40) // factor), -(-side // factor))
    assert reduction_factor(decoded.size, 512) == 1


@pytest.mark.parametrize("size", [(1200, 1040), (1041, 1201), (600, 500)])
def test_reducing_around_the_crop_gives_what_reducing_everything_gives(
    size: tuple[int, int],
) -> None:
    image = scene(size)
    factor = reduction_factor(size, UNSCALED.least_decoded)
    everything = image.reduce(factor) if factor > 1 else image
    change = preprocess(image, UNSCALED) - preprocess(everything, UNSCALED)
    # Pillow takes the box in single precision, which may round a level up or down.
    assert np.abs(change).max() <= 1
    assert np.mean(change != 0) < 0.01


@pytest.mark.parametrize("size", [(1200, 1040), (1041, 1201), (2047, 2047)])
def test_reduction_is_close_to_resampling_everything(size: tuple[int, int]) -> None:
    image = scene(size)
    side = min(size) * 224 / 256
    left, top = (size[0] - side) / 2, (size[1] - side) / 2
    box = (left, top, left + side, top + side)
    whole = np.asarray(image.resize((224, 224), Image.Resampling.BICUBIC, box=box))
    prepared = preprocess(image, UNSCALED).transpose(1, 2, 0)
    assert difference(prepared, whole) < 0.025 * LEVELS


@pytest.mark.parametrize("size", [(1200, 1040), (1041, 1201), (600, 500)])
def test_every_format_of_one_picture_gives_nearly_the_same_input(size: tuple[int, int]) -> None:
    image = scene(size)
    expected = prepare_image(encoded(image, "PNG"), UNSCALED)
    lossless: dict[str, dict[str, Any]] = {
        "TIFF": {},
        "BMP": {},
        "WEBP": {"lossless": True, "method": 0, "quality": 0},
    }
    for format_name, options in lossless.items():
        content = encoded(image, format_name, **options)
        np.testing.assert_array_equal(prepare_image(content, UNSCALED), expected)
    for unencoded in (image, np.asarray(image)):
        np.testing.assert_array_equal(prepare_image(unencoded, UNSCALED), expected)
    lossy: dict[str, dict[str, Any]] = {"JPEG": {"quality": 100, "subsampling": 0}}
    if features.check("avif"):
        lossy["AVIF"] = {"quality": 100, "subsampling": "4:4:4", "speed": 10}
    for format_name, options in lossy.items():
        content = encoded(image, format_name, **options)
        assert difference(prepare_image(content, UNSCALED), expected) < 0.01 * LEVELS


def test_cmyk_and_grey_jpegs_are_reduced_alike() -> None:
    image = scene((1300, 1100))
    for mode in ("L", "CMYK"):
        content = encoded(image.convert(mode), "JPEG", quality=100)
        assert read_image(content, shorter_side=512).size == (650, 550)
        expected = preprocess(read_image(content), UNSCALED)
        assert difference(prepare_image(content, UNSCALED), expected) < 0.01 * LEVELS


def test_a_reduced_jpeg_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded(scene((1300, 1100)), "JPEG", exif=exif)
    assert read_image(content, shorter_side=512).size == (550, 650)


def test_one_picture_as_png_and_as_jpeg_is_one_point() -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    from twinscore.embedding.network.embedder import Embedder

    images = [scene((1600, 1040), seed) for seed in range(3)]
    embedder = Embedder()
    png = embedder.embed([encoded(image, "PNG", compress_level=1) for image in images])
    jpeg = embedder.embed([encoded(image, "JPEG", quality=100, subsampling=0) for image in images])
    same = 1 - (unit(png) * unit(jpeg)).sum(axis=1)
    others = 1 - (unit(png) * unit(np.roll(png, 1, axis=0))).sum(axis=1)
    assert same.max() < 0.005
    assert same.max() < others.min() / 10


def unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    normalised: npt.NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return normalised
