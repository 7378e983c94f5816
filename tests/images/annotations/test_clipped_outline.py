from __future__ import annotations

import numpy as np
import pytest

from twinscore.images.annotations.clipped_outline import clipped
from twinscore.images.annotations.masks import Polygons


def test_an_outline_near_its_image_is_left_as_it_is() -> None:
    outline = [-90.0, -50.0, 150.0, 20.5, 80.0, 100.0]
    assert clipped(outline, 96, 64) == outline


@pytest.mark.parametrize("far", [1e3, 1e7, 1e9, 1e20, 1e308])
def test_a_corner_however_far_out_leaves_what_is_in_the_image(far: float) -> None:
    drawn = Polygons(((10.0, 12.0, far, 12.0, far, 40.0, 10.0, 40.0),)).drawn(96, 64)
    expected = np.zeros((64, 96), dtype=bool)
    expected[12:40, 10:] = True
    assert np.array_equal(drawn, expected)


def test_shares_of_the_image_that_scale_beyond_all_numbers_are_drawn() -> None:
    far = 1e308
    drawn = Polygons(((-far, -far, far, -far, far, far, -far, far),), is_relative=True)
    assert drawn.drawn(96, 64).all()


def test_an_outline_far_from_its_image_shows_nothing() -> None:
    assert not Polygons(((1e9, 1e9, 2e9, 1e9, 2e9, 2e9),)).drawn(96, 64).any()
