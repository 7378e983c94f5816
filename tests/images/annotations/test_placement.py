from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from twinscore.images.annotations.masks import RunLengths
from twinscore.images.annotations.placement import PixelBox, SeenMask, place_objects
from twinscore.images.annotations.records import (
    SHARE_OF_THE_IMAGE,
    AnnotatedImage,
    Box,
    ObjectAnnotation,
)
from twinscore.images.decoding.color import upright

STORED = (40, 30)


def annotated(box: Box, size: tuple[float, float] | None = None) -> AnnotatedImage:
    return AnnotatedImage("a", (ObjectAnnotation("a", "car", box),), size)


def placed(image: AnnotatedImage, seen: tuple[int, int], orientation: int = 1) -> PixelBox:
    objects, _ = place_objects(image, seen, lambda: orientation)
    assert objects is not None
    return objects[0].box


def runs_of(mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> RunLengths:
    flat = mask.T.reshape(-1).astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat, [1 - flat[-1]]])))
    counts = np.diff(np.concatenate([[0], edges]))
    return RunLengths(mask.shape[1], mask.shape[0], tuple(counts.tolist()))


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_boxes_and_masks_seen_as_stored_are_turned_with_their_image(orientation: int) -> None:
    mask = np.zeros((STORED[1], STORED[0]), dtype=bool)
    mask[3:11, 20:36] = True
    mask[3:5, 20:23] = False
    annotation = ObjectAnnotation("a", "car", Box(20, 3, 36, 11), runs_of(mask))
    objects, problems = place_objects(
        AnnotatedImage("a", (annotation,), STORED), (30, 40), lambda: orientation
    )
    seen = np.asarray(upright(Image.fromarray(mask), orientation))
    rows, columns = np.nonzero(seen)
    assert objects is not None
    box = objects[0].box
    assert (box.left, box.right) == (columns.min(), columns.max() + 1)
    assert (box.top, box.bottom) == (rows.min(), rows.max() + 1)
    assert objects[0].mask is not None
    np.testing.assert_array_equal(objects[0].mask.drawn(), seen)
    assert problems == []


def test_boxes_seen_upright_are_left_as_they_are() -> None:
    for size in ((30.0, 40.0), None):
        assert placed(annotated(Box(2, 3, 9, 30), size), (30, 40), 6) == PixelBox(2, 3, 9, 30)


def test_boxes_of_an_image_at_another_size_are_scaled_and_said() -> None:
    image = annotated(Box(10, 10, 20, 30), (80.0, 60.0))
    objects, problems = place_objects(image, STORED, lambda: 1)
    assert objects is not None
    assert objects[0].box == PixelBox(5, 5, 10, 15)
    assert [problem.is_lost for problem in problems] == [False]


def test_boxes_of_an_image_of_another_shape_are_left_out_and_said() -> None:
    image = annotated(Box(10, 10, 20, 30), (50.0, 60.0))
    objects, problems = place_objects(image, STORED, lambda: 1)
    assert objects is None
    assert "annotated at 50 x 60, its image is 40 x 30: 1 object left out" in problems[0].reason


def test_a_box_beyond_the_border_is_cut_there() -> None:
    objects, _ = place_objects(annotated(Box(-5, -5, 7, 9)), STORED, lambda: 1)
    assert objects is not None
    assert objects[0].box == PixelBox(0, 0, 7, 9)
    assert objects[0].is_cut


@given(
    left=st.integers(0, 38),
    width=st.integers(1, 40),
    side=st.integers(64, 4096),
)
def test_shares_written_to_six_decimals_come_to_the_same_pixels(
    left: int, width: int, side: int
) -> None:
    right = left + width
    middle, share = round((left + right) / 2 / side, 6), round(width / side, 6)
    box = Box(middle - share / 2, 0.25, middle + share / 2, 0.75)
    seen = placed(annotated(box, SHARE_OF_THE_IMAGE), (side, 100))
    assert (seen.left, seen.right) == (left, min(right, side))


def test_what_is_thinner_than_a_pixel_takes_the_one_it_lies_in() -> None:
    assert placed(annotated(Box(4.1, 5.6, 4.3, 9.0)), STORED) == PixelBox(4, 6, 5, 9)


def test_an_edge_that_ends_up_beyond_all_numbers_is_cut_at_the_border() -> None:
    box = placed(annotated(Box(-1e308, 0.25, 1e308, 0.5), SHARE_OF_THE_IMAGE), (400, 300))
    assert box == PixelBox(0, 75, 400, 150)


def test_a_mask_of_an_image_too_large_to_draw_is_refused() -> None:
    side = 10**6
    mask = SeenMask(RunLengths(side, side, (0, side * side)), (side, side), (100, 100))
    with pytest.raises(ValueError, match="too large to draw"):
        mask.drawn()
