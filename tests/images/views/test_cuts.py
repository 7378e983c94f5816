from __future__ import annotations

import pickle

import numpy as np
import pytest
from PIL import Image

from twinscore.base.errors import UnreadableImageError
from twinscore.images.annotations.masks import RunLengths
from twinscore.images.annotations.placement import PixelBox, SeenMask
from twinscore.images.decoding.decoded_image import DecodedImage
from twinscore.images.views.covering import FILL, covered, share_covered
from twinscore.images.views.cuts import SquareAround, Surroundings


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    random = np.random.default_rng(seed)
    return Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize(
    "box", [PixelBox(10, 10, 30, 18), PixelBox(0, 0, 3, 3), PixelBox(60, 40, 64, 48)]
)
@pytest.mark.parametrize("margin", [0.0, 0.15, 0.5])
def test_an_item_is_square_with_its_object_in_the_middle(box: PixelBox, margin: float) -> None:
    image = noise(64, 48)
    cut = SquareAround(box, margin)
    square = np.asarray(cut.of(DecodedImage(image)))
    assert square.shape == (cut.side, cut.side, 3)
    assert cut.side >= box.longer_side * (1 + 2 * margin)
    left, top = (
        (cut.side - box.width + 1) // 2,
        (cut.side - box.height + 1) // 2,
    )
    inside = square[top : top + box.height, left : left + box.width]
    np.testing.assert_array_equal(
        inside, np.asarray(image)[box.top : box.bottom, box.left : box.right]
    )


def test_beyond_the_border_an_item_is_grey() -> None:
    square = np.asarray(SquareAround(PixelBox(0, 0, 10, 10), 0.5).of(DecodedImage(noise(64, 48))))
    assert (square[:5] == FILL[0]).all()
    assert (square[:, :5] == FILL[0]).all()
    assert (square[5:, 5:] != FILL[0]).any()


def test_an_item_alone_shows_nothing_of_what_surrounds_it() -> None:
    box = PixelBox(10, 10, 30, 18)
    one, two = noise(64, 48, 1), noise(64, 48, 2)
    two.paste(one.crop((10, 10, 30, 18)), (10, 10))
    cut = SquareAround(box, 0.15, is_alone=True)
    np.testing.assert_array_equal(
        np.asarray(cut.of(DecodedImage(one))), np.asarray(cut.of(DecodedImage(two)))
    )
    assert (np.asarray(cut.of(DecodedImage(one))) != FILL[0]).any(axis=2).sum() > 0.9 * box.area


def test_without_background_only_the_mask_is_kept() -> None:
    image = noise(20, 10)
    mask = np.zeros((10, 20), dtype=bool)
    mask[3:6, 8:12] = True
    flat = mask.T.reshape(-1)
    counts = np.diff(np.concatenate([[0], np.flatnonzero(np.diff(flat)) + 1, [flat.size]]))
    seen = SeenMask(RunLengths(20, 10, tuple(counts.tolist())), (20, 10), (20, 10))
    cut = SquareAround(PixelBox(8, 3, 12, 6), 0.25, mask=seen)
    square = np.asarray(pickle.loads(pickle.dumps(cut)).of(DecodedImage(image)))
    kept = (square != FILL[0]).any(axis=2)
    assert kept.sum() == 12
    np.testing.assert_array_equal(square[kept], np.asarray(image)[3:6, 8:12].reshape(-1, 3))


def test_a_mask_of_another_image_is_a_reason() -> None:
    seen = SeenMask(RunLengths(5, 5, (25,)), (20, 10), (20, 10))
    with pytest.raises(UnreadableImageError, match="the mask is 5 x 5, its image 20 x 10"):
        SquareAround(PixelBox(8, 3, 12, 6), 0.25, mask=seen).of(DecodedImage(noise(20, 10)))


@pytest.mark.parametrize("size", [(200, 160), (33, 21), (7, 5)])
def test_nothing_of_what_is_covered_is_left_and_nothing_else_changes(size: tuple[int, int]) -> None:
    box = PixelBox(1, 1, size[0] // 3, size[1] // 3)
    first, other = noise(*size), noise(*size)
    changed = np.asarray(other).copy()
    changed[box.top : box.bottom, box.left : box.right] = (255, 0, 255)
    one = np.asarray(Surroundings((box,)).of(DecodedImage(first)))
    two = np.asarray(Surroundings((box,)).of(DecodedImage(Image.fromarray(changed))))
    np.testing.assert_array_equal(one, two)
    far = np.s_[size[1] // 3 + size[1] // 8 + 3 :, size[0] // 3 + size[0] // 8 + 3 :]
    np.testing.assert_array_equal(one[far], np.asarray(first)[far])


def test_what_is_covered_has_the_colours_around_it() -> None:
    pixels = np.zeros((160, 200, 3), dtype=np.uint8)
    pixels[:] = np.linspace(0, 200, 200, dtype=np.uint8)[None, :, None]
    plain = Image.fromarray(pixels)
    scene = pixels.copy()
    scene[60:100, 80:120] = 255
    filled = np.asarray(covered(Image.fromarray(scene).copy(), [PixelBox(80, 60, 120, 100)]))
    assert np.abs(filled.astype(int) - np.asarray(plain).astype(int)).max() < 30


def test_an_image_that_is_all_covered_is_grey() -> None:
    image = covered(noise(40, 40), [PixelBox(0, 0, 40, 40)])
    assert image.getcolors() == [(1600, FILL)]
    assert share_covered((40, 40), [PixelBox(0, 0, 40, 40)]) == 1.0
    assert share_covered((40, 40), []) == 0.0


@pytest.mark.parametrize("shorter_side", [None, 40, 20, 7])
def test_a_reduced_image_shows_as_little_of_what_is_covered(shorter_side: int | None) -> None:
    box = PixelBox(33, 27, 71, 66)
    first, other = noise(203, 161), noise(203, 161)
    other.paste((255, 0, 255), (33, 27, 71, 66))
    cut = Surroundings((box,))
    one, two = (np.asarray(cut.of(DecodedImage(image, shorter_side))) for image in (first, other))
    np.testing.assert_array_equal(one, two)
    assert min(one.shape[:2]) >= (shorter_side or 161)
    np.testing.assert_array_equal(np.asarray(first), np.asarray(noise(203, 161)))
