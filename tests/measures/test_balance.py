"""Equal sides."""

from __future__ import annotations

import math

import numpy as np
import pytest

from known_truth import Mixture
from twinscore.graph.pool import Pool
from twinscore.measures.balance import balanced_rows, balanced_score
from twinscore.neighbors.settings import SearchSettings


def test_draws_have_equal_sides_and_one_member_of_a_group() -> None:
    groups = np.concatenate([np.repeat(np.arange(10), 3), np.arange(10, 60)])
    is_real = groups < 10
    pool = Pool(np.zeros((80, 2), dtype=np.float32), is_real, groups)
    rows = balanced_rows(pool, np.random.default_rng(0))
    assert len(rows) == 20
    np.testing.assert_array_equal(is_real[rows], np.arange(20) < 10)
    assert len(set(groups[rows])) == 20


@pytest.mark.slow
@pytest.mark.parametrize(("n_real", "n_synthetic"), [(60, 300), (300, 60)])
def test_the_average_has_the_limit_at_one_half_and_never_seems_surer_than_it_is(
    n_real: int, n_synthetic: int
) -> None:
    mixture = Mixture(n_real, n_synthetic, overlap=0.6)
    random = np.random.default_rng(0)
    pools = (Pool(mixture.draw(random), mixture.is_real, None) for _ in range(200))
    search = SearchSettings(threads=1)
    drawn = [balanced_score(pool, 1, seed=seed, search=search) for seed, pool in enumerate(pools)]
    scores = [one.score for one in drawn]
    assert np.mean(scores) == pytest.approx(2 * 0.6 / 1.6, abs=0.03)
    # The variance of the average is a small difference of two: wide rather than narrow.
    claimed = math.sqrt(np.mean([one.interval.variance for one in drawn]))
    assert 0.9 * np.std(scores) < claimed < 1.6 * np.std(scores)
    held = np.mean([one.interval.low <= 0.75 <= one.interval.high for one in drawn])
    assert held >= 0.92
