from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from twinscore._core import bytes_of_arrow
from twinscore.images.decoding import picture_memory
from twinscore.images.decoding.picture_memory import covered_by, framed_in, reduced_by


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


@pytest.mark.parametrize("part", [(0, 0, 40, 30), (7, 3, 19, 30), (39, 29, 40, 30), (5, 5, 5, 9)])
def test_a_part_stands_in_its_square_and_grey_around_it(
    part: tuple[int, int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = noise(40, 30)
    expected = Image.new("RGB", (50, 50), (127, 127, 127))
    expected.paste(image.crop(part), (9, 11))
    framed = framed_in(image, part, 50, (9, 11), 127)
    np.testing.assert_array_equal(np.asarray(framed), np.asarray(expected))
    monkeypatch.setattr(picture_memory, "_pixels_in_place", lambda _: None)
    in_blocks = framed_in(image, part, 50, (9, 11), 127)
    np.testing.assert_array_equal(np.asarray(in_blocks), np.asarray(expected))


@pytest.mark.parametrize("part", [(0, 0, 41, 30), (0, 0, 40, 31), (9, 0, 8, 30), (0, 0, 40, 30)])
def test_a_part_beyond_the_image_or_its_square_is_refused(part: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="a part within the picture and the square"):
        framed_in(noise(40, 30), part, 40, (1, 0), 127)


def test_memory_is_kept_as_long_as_an_image_lies_in_it() -> None:
    pixels = np.full(40 * 30 * 4, 9, dtype=np.uint8)
    references = sys.getrefcount(pixels)
    image = picture_memory._image_of(pixels, (40, 30))
    assert sys.getrefcount(pixels) > references
    assert image.getcolors() == [(1200, (9, 9, 9))]
    del image
    assert sys.getrefcount(pixels) == references


def test_memory_is_handed_to_whoever_speaks_arrow() -> None:
    pixels = np.arange(24, dtype=np.uint8)
    references = sys.getrefcount(pixels)
    taken = pa.array(picture_memory._ArrowPixels(pixels))
    taken.validate(full=True)
    assert taken.to_pylist()[1] == [4, 5, 6, 7]
    # A part outlives the whole.
    part = taken.flatten()
    del taken
    assert part.to_pylist() == list(range(24))
    del part
    assert sys.getrefcount(pixels) == references


def test_pixels_in_place_outlive_their_image_and_are_not_written_to() -> None:
    image = noise(30, 20)
    expected = np.asarray(image).copy()
    pixels = picture_memory._pixels_in_place(image)
    assert pixels is not None
    del image
    np.testing.assert_array_equal(pixels.reshape(20, 30, 4)[..., :3], expected)
    assert not pixels.flags.writeable


def test_other_arrays_are_refused() -> None:
    for array in (pa.array([1, 2]), pa.array([[1, 2]], pa.list_(pa.uint8(), 2))):
        _, capsule = array.__arrow_c_array__()
        with pytest.raises(ValueError, match="four bytes for every pixel"):
            bytes_of_arrow(capsule)
    schema, _ = pa.array([1]).__arrow_c_array__()
    with pytest.raises(ValueError, match="capsule of an Arrow array"):
        bytes_of_arrow(schema)
