from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from twinscore.images.annotations.blended_edges import without_blends

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray

SIDE = 96


def disc(scale: int) -> Image.Image:
    """Draw a disc, larger first: its edges are soft where the scale is not 1."""
    image = Image.new("L", (SIDE * scale, SIDE * scale))
    ImageDraw.Draw(image).ellipse((20 * scale, 20 * scale, 70 * scale, 70 * scale), fill=201)
    return image.resize((SIDE, SIDE), Image.Resampling.BOX)


def numbers(image: Image.Image) -> IdArray:
    return np.asarray(image).astype(np.int64)


def test_shades_of_a_soft_edge_go_with_what_they_are_nearest() -> None:
    soft = numbers(disc(8))
    values, n_shades = without_blends(soft, is_color=False)
    assert n_shades == len(np.unique(soft)) - 2
    assert np.array_equal(values == 201, soft > 100)
    assert set(np.unique(values).tolist()) == {0, 201}


def test_soft_edges_of_colours_go_channel_by_channel() -> None:
    soft = numbers(disc(8))
    orange = (soft << 16) | (soft // 2 << 8)
    values, n_shades = without_blends(orange, is_color=True)
    assert n_shades >= 3
    assert set(np.unique(values).tolist()) == {0, (201 << 16) | (100 << 8)}


def test_hard_edges_stay_as_they_are() -> None:
    hard = numbers(disc(1))
    values, n_shades = without_blends(hard, is_color=False)
    assert n_shades == 0
    assert np.array_equal(values, hard)


def test_wires_are_objects_though_nowhere_two_pixels_thick() -> None:
    wires = np.zeros((SIDE, SIDE), dtype=np.int64)
    for number in range(6):
        row = 10 + 12 * number
        wires[np.arange(80) // 20 + row, np.arange(80)] = number + 1
    values, n_shades = without_blends(wires, is_color=False)
    assert n_shades == 0
    assert np.array_equal(values, wires)
