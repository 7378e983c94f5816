"""What each fact of pixels tells, on images made to have more or less of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageFilter

from images.facts.naive_facts import naive_detail, naive_tones
from twinscore.images.decoding.prepare import measure, prepare_and_measure, read_for_network
from twinscore.images.decoding.preprocessing import Preprocessing, preprocess
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.images.facts.detail import detail
from twinscore.images.facts.measured import pixel_facts
from twinscore.images.facts.patches import SMALLEST, cut_patches
from twinscore.images.facts.tones import tones

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (320, 240)


def scene(seed: int = 0, size: tuple[int, int] = SIZE) -> Image.Image:
    """Return patches of colour with soft edges: flat parts, and detail at every scale."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(30, 220, (9, 12, 3), dtype=np.uint8))
    fine = Image.fromarray(random.integers(30, 220, (60, 80, 3), dtype=np.uint8))
    return Image.blend(
        coarse.resize(size, Image.Resampling.NEAREST),
        fine.resize(size, Image.Resampling.BICUBIC),
        0.2,
    )


def facts(image: Image.Image) -> dict[str, float | None]:
    seen = np.asarray(image.resize((224, 224), Image.Resampling.BICUBIC))
    return dict(zip(FACT_NAMES, pixel_facts(image, seen), strict=True))


def change(fact: str, changed: Image.Image, image: Image.Image) -> float:
    before, after = facts(image)[fact], facts(changed)[fact]
    assert before is not None
    assert after is not None
    return after - before


def scaled(image: Image.Image, *factors: float) -> Image.Image:
    pixels = np.clip(np.asarray(image) * np.array(factors), 0, 255)
    return Image.fromarray(pixels.astype(np.uint8))


def compressed(image: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, format="JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


def test_a_flat_image_has_its_level_and_nothing_else() -> None:
    told = facts(Image.new("RGB", SIZE, (90, 90, 90)))
    assert told["brightness"] == pytest.approx(90.0)
    for name in ("contrast", "saturation", "noise", "edges", "entropy", "sharpness", "blacks"):
        assert told[name] == pytest.approx(0.0, abs=1e-4), name
    assert told["warmth"] == pytest.approx(0.0, abs=1e-4)


def test_white_and_black_are_clipped() -> None:
    half = Image.new("RGB", SIZE, (0, 0, 0))
    half.paste((255, 255, 255), (0, 0, SIZE[0] // 2, SIZE[1]))
    told = facts(half)
    assert told["blacks"] == pytest.approx(50.0, abs=2.0)
    assert told["whites"] == pytest.approx(50.0, abs=2.0)


@pytest.mark.parametrize("deviation", [2.0, 6.0, 20.0])
def test_noise_is_measured_in_levels(deviation: float) -> None:
    grey = np.full((*SIZE[::-1], 3), 128.0)
    grain = np.random.default_rng(1).normal(0.0, deviation, (*SIZE[::-1], 1))
    told = facts(Image.fromarray(np.rint(grey + grain).astype(np.uint8)))["noise"]
    # The quarter with least of it: a little below the whole.
    assert told == pytest.approx(0.9 * deviation, rel=0.1)


def test_blur_takes_sharpness_and_fine_detail() -> None:
    image = scene()
    blurred = image.filter(ImageFilter.GaussianBlur(1.0))
    assert change("sharpness", blurred, image) < -0.01
    assert change("slope", blurred, image) > 0.1
    assert change("edges", blurred, image) < 0.0


@pytest.mark.parametrize(
    ("fact", "factors"),
    [("warmth", (1.2, 1.0, 0.8)), ("tint", (0.9, 1.1, 0.9)), ("brightness", (1.1, 1.1, 1.1))],
)
def test_light_of_another_colour_is_seen(fact: str, factors: tuple[float, ...]) -> None:
    image = scene()
    assert change(fact, scaled(image, *factors), image) > 0.1
    opposite = tuple(2.0 - factor for factor in factors)
    assert change(fact, scaled(image, *opposite), image) < -0.1


def test_coarse_compression_has_blocks() -> None:
    image = scene()
    assert change("blockiness", compressed(image, 10), image) > 20.0


def test_a_block_is_found_where_the_decoder_reduced_it() -> None:
    image = compressed(scene(size=(1200, 1100)), 6)
    seen = np.asarray(image.resize((224, 224)))
    place = FACT_NAMES.index("blockiness")
    whole = pixel_facts(image, seen, factor=2)[place]
    reduced = pixel_facts(image.reduce(2), seen, decoded_at=2)[place]
    assert whole == pytest.approx(reduced, rel=1e-6)
    assert reduced is not None
    assert reduced > 5.0


def test_dark_corners_are_seen() -> None:
    down, right = (np.linspace(-1.0, 1.0, side) for side in SIZE[::-1])
    far = np.hypot(down[:, None], right[None, :])[:, :, None]
    image = Image.new("RGB", SIZE, (180, 180, 180))
    dark = Image.fromarray((np.asarray(image) * (1.0 - 0.3 * far)).astype(np.uint8))
    assert change("vignetting", dark, image) < -0.5


@pytest.mark.parametrize("shift", [-2.0, 1.0, 2.0])
def test_red_that_lies_farther_out_is_seen(shift: float) -> None:
    grey = scene(3, (320, 240)).convert("L")
    corner = np.hypot(*grey.size) / 2.0
    factor = 1.0 + shift / corner
    across, below = (side / 2.0 * (1.0 - 1.0 / factor) for side in grey.size)
    red = grey.transform(
        grey.size,
        Image.Transform.AFFINE,
        (1.0 / factor, 0.0, across, 0.0, 1.0 / factor, below),
        Image.Resampling.BICUBIC,
    )
    plain = Image.merge("RGB", (grey, grey, grey))
    told = change("aberration", Image.merge("RGB", (red, grey, grey)), plain)
    assert np.sign(told) == np.sign(shift)
    assert abs(told) > 0.4 * abs(shift)


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (15, 15), (16, 16), (17, 900), (20_000, 1)])
def test_images_of_any_size_tell_what_they_can(size: tuple[int, int]) -> None:
    told = facts(Image.new("RGB", size, (10, 20, 30)))
    assert told["brightness"] is not None
    assert (told["noise"] is None) == (min(size) < 16)


def test_formats_with_the_same_pixels_tell_the_same_at_full_hd(tmp_path: Path) -> None:
    image = scene(5, (1920, 1080)).filter(ImageFilter.GaussianBlur(1.0))
    image.save(tmp_path / "a.png")
    image.save(tmp_path / "a.jpg", quality=100, subsampling=0)
    png, jpeg = (
        measure(read_for_network(tmp_path / name, Preprocessing()), Preprocessing())
        for name in ("a.png", "a.jpg")
    )
    for name, one, other in zip(FACT_NAMES, png, jpeg, strict=True):
        if name not in ("blockiness", "noise", "aberration"):
            assert one == pytest.approx(other, rel=0.05, abs=0.1), name


def test_measuring_changes_nothing_of_what_the_network_gets() -> None:
    image = scene()
    prepared, told = prepare_and_measure(image, Preprocessing())
    np.testing.assert_array_equal(prepared, preprocess(image, Preprocessing()))
    assert told == measure(image, Preprocessing())


@pytest.mark.parametrize("quality", [20, 95])
@pytest.mark.parametrize("size", [SIZE, (40, 24), (300, 900)])
@pytest.mark.parametrize("factor", [1, 2, 4])
def test_the_core_measures_as_the_definitions_do_in_float64(
    quality: int, size: tuple[int, int], factor: int
) -> None:
    image = compressed(scene(quality, size), quality)
    seen = np.asarray(image.resize((224, 224), Image.Resampling.BICUBIC))
    assert tones(seen) == pytest.approx(naive_tones(seen), rel=1e-9)
    patches = cut_patches(image, factor, 1)
    if patches is None:
        assert min(size) // factor < SMALLEST
        return
    expected = naive_detail(patches.pixels, patches.outwards, patches.block)
    assert detail(patches) == pytest.approx(expected, rel=2e-5, abs=1e-5, nan_ok=True)
