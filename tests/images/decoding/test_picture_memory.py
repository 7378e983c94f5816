from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from twinscore.images.decoding import picture_memory
from twinscore.images.decoding.picture_memory import covered_by, reduced_by


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    random = np.random.default_rng(seed)
    return Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize("factor", [1, 2, 4, 8, 16, 32])
@pytest.mark.parametrize("size", [(64, 32), (65, 33), (1, 1), (3, 90), (127, 2), (250, 131)])
def test_an_image_is_reduced_to_the_bytes_that_pillow_gives(
    size: tuple[int, int], factor: int
) -> None:
    image = noise(*size)
    expected = np.asarray(image.reduce(factor) if factor > 1 else image)
    np.testing.assert_array_equal(np.asarray(reduced_by(image, factor)), expected)
    white = Image.new("RGB", size, (255, 254, 0))
    assert reduced_by(white, factor).getcolors() == white.reduce(factor).getcolors()


def test_an_image_of_several_blocks_of_memory_is_reduced_and_covered_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image, boxes = noise(180, 90), [(20, 10, 90, 60)]
    at_once = np.asarray(reduced_by(image, 4)), np.asarray(covered_by(image, boxes, 4, 127))
    monkeypatch.setattr(picture_memory, "_pixels_in_place", lambda _: None)
    np.testing.assert_array_equal(np.asarray(reduced_by(image, 4)), at_once[0])
    np.testing.assert_array_equal(np.asarray(covered_by(image, boxes, 4, 127)), at_once[1])


def test_a_large_image_lies_in_several_blocks() -> None:
    large = Image.new("RGB", (4000, 1200), (1, 2, 3))
    assert reduced_by(large, 8).getcolors() == [(500 * 150, (1, 2, 3))]


def test_what_is_painted_on_a_covered_image_leaves_the_first_as_it_is() -> None:
    image = noise(40, 30)
    before = np.asarray(image).copy()
    covered = covered_by(image, [(0, 0, 10, 10)], 2, 127)
    covered.paste((0, 0, 0), (0, 0, 40, 30))
    np.testing.assert_array_equal(np.asarray(image), before)
    assert covered.getcolors() == [(1200, (0, 0, 0))]
