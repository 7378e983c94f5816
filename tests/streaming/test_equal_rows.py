"""Exact copies in a stream, of real images and of one another."""

from __future__ import annotations

import numpy as np

import twinscore as ts
from scored import score_all
from stream_points import gaussian_points
from twinscore.streaming.equal_rows import Copies, copies_among


def test_copies_of_real_images_are_told_of_a_stream_as_of_all_images() -> None:
    real, others = gaussian_points(0, 60), gaussian_points(1, 40)
    synthetic = np.concatenate([real[:20], others])
    scorer = ts.StreamingScorer(real)
    scorer.update(synthetic)
    note = score_all(real, synthetic).warnings[0]
    assert note.startswith("copies of real images (20 of 60)")
    assert note in scorer.result().warnings


def test_copies_of_one_image_are_all_counted_though_lists_hold_real_ones_alone() -> None:
    alike = np.ones((60, 8), dtype=np.float32)
    scorer = ts.StreamingScorer(alike)
    scorer.update(alike)
    of_real, of_synthetic = scorer.result().warnings[:2]
    assert of_real.startswith("copies of real images (60 of 60)")
    assert of_synthetic.startswith("60 synthetic images kept are copies of one another")


def test_copies_in_their_own_group_are_no_copies_of_one_another() -> None:
    points = np.array([[0.0], [-0.0], [0.0], [1.0], [1.0], [2.0]], dtype=np.float32)
    is_real = np.array([True, False, False, False, False, False])
    groups = np.array([0, 1, 1, 2, 3, 4])
    assert copies_among(points, np.arange(6), groups, is_real) == Copies(of_real=2, of_synthetic=2)


def test_no_points_have_no_copies() -> None:
    points, nothing = gaussian_points(0, 4), np.zeros(0, dtype=np.int64)
    assert copies_among(points, nothing, np.arange(4), np.arange(4) < 2) == Copies(0, 0)
