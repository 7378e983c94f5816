"""The bound that lets float32 products rule points out holds on every kind of data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from point_sets import DATA, Points
from twinscore.neighbors.backends.float32_rows import (
    center_of,
    centered_norms,
    rounded_rows,
    scale_for,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("d", [1, 16, 700])
@pytest.mark.parametrize("make", DATA)
def test_what_float32_computes_differs_from_the_truth_by_no_more_than_the_bound(
    make: Callable[[np.random.Generator, int, int], Points], d: int
) -> None:
    points = make(np.random.default_rng(d), 120, d)
    center = center_of(points)
    scale = scale_for(float(centered_norms(points, center).max()))
    rows = rounded_rows(points, np.arange(120), center, scale)
    half_norms = (0.5 * np.square(rows.norms)).astype(np.float32)
    computed = (half_norms - rows.values @ rows.values.T).astype(np.float64)

    exact = (points.astype(np.float64) - center) * scale
    distances = np.square(exact[:, None] - exact[None]).sum(axis=-1)
    own = np.square(exact).sum(axis=1)[:, None]
    error = np.abs(computed - 0.5 * (distances - own))
    bounds = np.stack(
        [rows.error_bounds(rows.norms[j], rows.residuals[j]) for j in range(120)], axis=1
    )
    # The truth is itself rounded, in float64.
    assert (error <= bounds + 1e-13 * (own + own.T)).all()
    assert np.isfinite(computed).all()


def test_the_bound_is_tight_enough_to_rule_points_out() -> None:
    points = np.random.default_rng(0).standard_normal((500, 256)).astype(np.float32)
    center = center_of(points)
    rows = rounded_rows(points, np.arange(500), center, scale_for(20.0))
    bounds = rows.error_bounds(rows.norms.max(), rows.residuals.max())
    assert (bounds < 1e-4 * np.square(rows.norms)).all()
