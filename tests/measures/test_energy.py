"""The energy distance: against plain sums, near 0 for one distribution."""

from __future__ import annotations

import numpy as np
import pytest

from twinscore.measures.energy import energy_distance


def test_it_is_what_its_definition_says() -> None:
    random = np.random.default_rng(0)
    first = random.normal(size=(7, 3)).astype(np.float32)
    second = random.normal(1.0, size=(9, 3)).astype(np.float32)

    def mean(left: np.ndarray, right: np.ndarray) -> float:
        pairs = [
            float(np.linalg.norm(a.astype(float) - b.astype(float)))
            for i, a in enumerate(left)
            for j, b in enumerate(right)
            if left is not right or i != j
        ]
        return float(np.mean(pairs))

    expected = 2.0 * mean(first, second) - mean(first, first) - mean(second, second)
    assert energy_distance(first, second) == pytest.approx(expected, rel=1e-5)


def test_sides_of_one_distribution_are_near_and_others_are_not() -> None:
    random = np.random.default_rng(1)
    first, second, third = (
        random.normal(mean, size=(300, 16)).astype(np.float32) for mean in (0.0, 0.0, 0.5)
    )
    assert abs(energy_distance(first, second)) < 0.05
    assert energy_distance(first, third) > 0.2
