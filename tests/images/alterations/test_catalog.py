"""Every alteration gives an image more, or less, of the fact that it is named after."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from twinscore.images.alterations.altered_image import AlteredImage
from twinscore.images.alterations.catalog import ALTERATIONS, Step, altered
from twinscore.images.decoding import read_image
from twinscore.images.decoding.prepare import measure
from twinscore.images.decoding.preprocessing import Preprocessing
from twinscore.images.facts.catalog import FACT_NAMES


@pytest.fixture(scope="module")
def image() -> Image.Image:
    random = np.random.default_rng(7)
    coarse = Image.fromarray(random.integers(70, 150, (18, 24, 3), dtype=np.uint8))
    grey = coarse.convert("L").convert("RGB")
    # Edges, and colours that are weaker than they are.
    return Image.blend(grey, coarse, 0.3).resize((320, 240), Image.Resampling.NEAREST)


def told(image: Image.Image, fact: str) -> float:
    value = measure(image, Preprocessing())[FACT_NAMES.index(fact)]
    assert value is not None
    return value


@pytest.mark.parametrize("fact", sorted(ALTERATIONS))
def test_more_of_it_moves_its_fact_further(image: Image.Image, fact: str) -> None:
    alteration = ALTERATIONS[fact]
    shares = (0.0, 0.1, 0.3)
    if fact == "blockiness":
        # JPEG is coarse only near the end, and its blocks show where there are no edges.
        shares, image = (0.0, 0.6, 0.95), image.filter(ImageFilter.GaussianBlur(6.0))
    strengths = [share * alteration.strongest for share in shares]
    values = [told(altered(image, (Step(fact, strength),), 1), fact) for strength in strengths]
    falls = alteration.side == "higher"
    assert np.all(np.diff(values) < 0.0) if falls else np.all(np.diff(values) > 0.0)


@pytest.mark.parametrize(
    "fact", sorted(fact for fact, change in ALTERATIONS.items() if change.side == "synthetic")
)
def test_a_strength_below_zero_does_the_opposite(image: Image.Image, fact: str) -> None:
    strength = -0.2 * ALTERATIONS[fact].strongest
    assert told(altered(image, (Step(fact, strength),), 1), fact) < told(image, fact)


def test_noise_is_the_same_for_the_same_image_and_another_for_others(image: Image.Image) -> None:
    steps = (Step("noise", 5.0),)
    same = [np.asarray(altered(image, steps, seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(same[0], same[1])
    assert (same[0] != same[2]).mean() > 0.5


def test_an_altered_image_is_read_reduced_first_and_altered_then(image: Image.Image) -> None:
    large = image.resize((1280, 1100))
    content = AlteredImage(large, (Step("brightness", 0.2),), 0)
    read = read_image(content, shorter_side=512)
    assert read.size == (640, 550)
    expected = altered(large.reduce(2), content.steps, 0)
    np.testing.assert_array_equal(np.asarray(read), np.asarray(expected))
