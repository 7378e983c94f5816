import sys
from itertools import combinations

import numpy as np
import pytest

pytest.importorskip("skimage")
pytest.importorskip("sklearn")

from twinscore.base.errors import MissingExtraError
from twinscore.cli.demo.photographs import CROP_PIXELS, PHOTOGRAPHS, Crop, cut_photographs


def overlap(one: Crop, other: Crop) -> bool:
    return (
        one.photograph == other.photograph
        and one.left < other.left + other.side
        and other.left < one.left + one.side
        and one.top < other.top + other.side
        and other.top < one.top + one.side
    )


@pytest.mark.parametrize("seed", range(3))
def test_no_two_crops_share_a_pixel_within_or_across_sides(seed: int) -> None:
    real, held_out = cut_photographs(seed)
    assert not any(overlap(one, other) for one, other in combinations(real + held_out, 2))


def test_sides_are_equal_in_size_and_draw_on_every_photograph() -> None:
    real, held_out = cut_photographs(0)
    assert len(real) == len(held_out) >= 150
    for side in (real, held_out):
        assert len({crop.photograph for crop in side}) == len(PHOTOGRAPHS)
        assert len({crop.side for crop in side}) == 2
        assert {crop.image.size for crop in side} == {(CROP_PIXELS, CROP_PIXELS)}
        assert {crop.image.mode for crop in side} == {"RGB"}


def test_the_seed_decides_everything() -> None:
    for one, other in zip(cut_photographs(5), cut_photographs(5), strict=True):
        for crop, again in zip(one, other, strict=True):
            assert (crop.photograph, crop.left, crop.top) == (
                again.photograph,
                again.left,
                again.top,
            )
            assert np.array_equal(np.asarray(crop.image), np.asarray(again.image))
    places = [
        [(crop.photograph, crop.left, crop.top) for crop in cut_photographs(seed)[0]]
        for seed in (5, 6)
    ]
    assert places[0] != places[1]


def test_a_missing_package_gives_the_pip_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skimage", None)
    with pytest.raises(MissingExtraError, match=r"the demo needs .*'(twinscore|\.)\[demo\]'"):
        cut_photographs(0)
