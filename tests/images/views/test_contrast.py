from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

from twinscore.images.annotations.placement import PixelBox
from twinscore.images.decoding.decoded_image import DecodedImage
from twinscore.images.views.contrast import contrasts


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
