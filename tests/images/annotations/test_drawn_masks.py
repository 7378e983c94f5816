from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from twinscore.images.annotations.instance_masks import PixelRuns
from twinscore.images.annotations.masks import RunLengths

MASKS = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=7))


def edges_of(
    flat: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return where a row of pixels changes, off before and behind it."""
    framed = np.concatenate([[False], flat, [False]])
    return np.flatnonzero(framed[1:] != framed[:-1])


@given(MASKS, st.booleans())
def test_run_lengths_draw_the_pixels_they_were_counted_from(
    mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]], has_empty_end: bool
) -> None:
    height, width = mask.shape
    edges = [0, *edges_of(mask.T.reshape(-1)).tolist(), mask.size]
    counts = tuple(np.diff(edges).tolist()) + (0,) * has_empty_end
    drawn = RunLengths(width, height, counts).drawn(width, height)
    assert np.array_equal(drawn, mask)


@given(MASKS.filter(lambda mask: bool(mask.any())))
def test_runs_of_pixels_draw_the_pixels_they_were_found_in(
    mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
) -> None:
    height, width = mask.shape
    edges = edges_of(mask.reshape(-1))
    drawn = PixelRuns(width, height, edges[::2], edges[1::2]).drawn(width, height)
    assert np.array_equal(drawn, mask)
