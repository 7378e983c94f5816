from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

from twinscore.images.annotations.placement import PixelBox
from twinscore.images.decoding.decoded_image import DecodedImage
from twinscore.images.views.contrast import RING, contrasts


@pytest.mark.parametrize(("side", "shorter_side"), [(96, None), (800, None), (1600, 512)])
def test_contrast_is_the_distance_in_brightness_from_what_surrounds_a_box(
    side: int, shorter_side: int | None
) -> None:
    pixels = np.full((side, side, 3), 60, dtype=np.uint8)
    quarter, half = side // 4, side // 2
    pixels[quarter:half, quarter:half] = 100
    pixels[-quarter:, -quarter:] = 10
    decoded = DecodedImage(Image.fromarray(pixels), shorter_side)
    bright, dark, whole = contrasts(
        decoded,
        [
            PixelBox(quarter, quarter, half, half),
            PixelBox(side - quarter, side - quarter, side, side),
            PixelBox(0, 0, side, side),
        ],
    )
    assert bright == pytest.approx(40)
    assert dark == pytest.approx(50)
    assert math.isnan(whole)


@pytest.mark.parametrize(
    ("size", "shorter_side", "square"), [((90, 61), None, 1), ((130, 97), 40, 2)]
)
def test_brightness_is_that_of_the_grey_image_of_pillow(
    size: tuple[int, int], shorter_side: int | None, square: int
) -> None:
    random = np.random.default_rng(3)
    image = Image.fromarray(random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    box = PixelBox(30, 22, 50, 38)
    grey = np.asarray((image if square == 1 else image.reduce(square)).convert("L"), dtype=float)
    beyond = RING * box.longer_side
    inner = grey[box.top // square : box.bottom // square, box.left // square : box.right // square]
    outer = grey[
        math.floor((box.top - beyond) / square) : math.ceil((box.bottom + beyond) / square),
        math.floor((box.left - beyond) / square) : math.ceil((box.right + beyond) / square),
    ]
    ring = (outer.sum() - inner.sum()) / (outer.size - inner.size)
    (contrast,) = contrasts(DecodedImage(image, shorter_side), [box])
    assert contrast == pytest.approx(abs(inner.mean() - ring), abs=1e-9)
