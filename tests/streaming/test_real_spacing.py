from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from stream_points import gaussian_points
from twinscore.neighbors import knn, self_knn
from twinscore.streaming.real_spacing import RealSpacing

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray


def ratios(real: FloatMatrix, points: FloatMatrix, groups: IdArray | None = None) -> Float64Array:
    groups = np.arange(len(real)) if groups is None else groups
    found = knn(points, real, 1)
    return RealSpacing(real, groups).ratios(found.distances[:, 0], found.ids[:, 0])


def test_half_of_the_real_images_lie_no_further_than_the_spacing() -> None:
    real = gaussian_points(0, 301, columns=8)
    found = self_knn(real, 1)
    spacing = RealSpacing(real, np.arange(len(real)))
    assert np.median(spacing.ratios(found.distances[:, 0], found.ids[:, 0])) == pytest.approx(1.0)


@pytest.mark.parametrize("columns", [4, 16, 64])
def test_points_drawn_like_the_real_ones_lie_about_as_far(columns: int) -> None:
    found = ratios(gaussian_points(0, 400, columns), gaussian_points(1, 400, columns))
    assert np.median(found) == pytest.approx(1.0, abs=0.08)


def test_the_measure_is_local() -> None:
    dense, sparse = gaussian_points(0, 200), 50.0 * gaussian_points(1, 200) + 1000.0
    real = np.concatenate([dense, sparse]).astype(np.float32)
    alike = np.concatenate([gaussian_points(2, 200), 50.0 * gaussian_points(3, 200) + 1000.0])
    found = ratios(real, alike.astype(np.float32))
    assert np.median(found[:200]) == pytest.approx(np.median(found[200:]), rel=0.2)


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e15])
def test_no_unit_of_length_shows(scale: float) -> None:
    real, points = gaussian_points(0, 50), gaussian_points(1, 20)
    scaled = ratios((real * scale).astype(np.float32), (points * scale).astype(np.float32))
    np.testing.assert_allclose(scaled, ratios(real, points), rtol=1e-4)


def test_copies_of_real_images_change_nothing() -> None:
    real, points = gaussian_points(0, 50), gaussian_points(1, 20)
    copied = np.concatenate([real, np.repeat(real[:10], 5, axis=0)])
    np.testing.assert_array_equal(ratios(copied, points), ratios(real, points))


def test_frames_of_one_clip_do_not_measure_each_other() -> None:
    clips, points = gaussian_points(0, 50), gaussian_points(1, 20)
    frames = np.repeat(clips, 4, axis=0) + np.float32(1e-4) * gaussian_points(2, 200)
    grouped = ratios(frames, points, np.repeat(np.arange(50), 4))
    np.testing.assert_allclose(np.median(grouped), np.median(ratios(clips, points)), rtol=0.2)
    assert np.median(ratios(frames, points)) > 100.0


def test_the_order_of_the_real_images_does_not_show() -> None:
    real, points = gaussian_points(0, 50), gaussian_points(1, 20)
    order = np.random.default_rng(0).permutation(50)
    np.testing.assert_allclose(ratios(real[order], points), ratios(real, points), rtol=1e-12)


def test_real_images_that_are_all_one_give_no_measure() -> None:
    real = np.ones((5, 3), dtype=np.float32)
    assert np.isnan(ratios(real, gaussian_points(1, 4, columns=3))).all()


def test_two_real_images_are_enough() -> None:
    real = np.array([[0.0], [2.0]], dtype=np.float32)
    assert ratios(real, np.array([[-1.0], [12.0]], dtype=np.float32)).tolist() == [0.5, 5.0]
