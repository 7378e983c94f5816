"""Equal sides."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twinscore as ts
from known_truth import Mixture
from twinscore.graph.intervals import interval_of, score_interval
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score, overlap
from twinscore.measures.balance import (
    BalancedScore,
    balanced_rows,
    balanced_score,
    overlap_with_interval,
)
from twinscore.measures.unit_graphs import graphs_of
from twinscore.neighbors.settings import SearchSettings


def test_draws_have_equal_sides_and_one_member_of_a_group() -> None:
    groups = np.concatenate([np.repeat(np.arange(10), 3), np.arange(10, 60)])
    is_real = groups < 10
    pool = Pool(np.zeros((80, 2), dtype=np.float32), is_real, groups)
    rows = balanced_rows(pool, np.random.default_rng(0))
    assert len(rows) == 20
    np.testing.assert_array_equal(is_real[rows], np.arange(20) < 10)
    assert len(set(groups[rows])) == 20


@given(
    share=st.floats(0.0, 1.0),
    size=st.floats(1.0, 1e6),
    real_fraction=st.floats(0.02, 0.98),
    balanced=st.booleans(),
)
def test_the_interval_of_the_overlap_holds_the_overlap(
    share: float, size: float, real_fraction: float, balanced: bool
) -> None:
    fraction = 0.5 if balanced else real_fraction
    interval = interval_of(share, size, expected=fraction, smallest=20)
    score = share / fraction
    sides = BalancedScore(score, 0.0, interval, 8) if balanced else None
    found, (low, high) = overlap_with_interval(score, interval, real_fraction, sides)
    assert low <= found <= high
    assert found <= overlap(score, 0.5 if balanced and real_fraction < 0.5 else real_fraction)


def test_few_real_images_tell_the_overlap_without_diagnostics_too() -> None:
    mixture = Mixture(60, 600, 0.7)
    found = []
    for seed in range(4):
        points = mixture.draw(np.random.default_rng(seed))
        sides = points[:60], points[60:]
        result = ts.score(*sides, threads=1, seed=seed, diagnostics=False, richness=False)
        found.append(result.overlap)
    # One has a standard deviation of 0.13; read from all 660, one in five has no bound.
    assert np.mean(found) == pytest.approx(0.7, abs=0.15)
    assert max(found) < 1.5


def test_threads_change_no_bit_of_the_overlap_and_the_order_of_images_next_to_nothing() -> None:
    mixture = Mixture(90, 80, 0.8)
    random = np.random.default_rng(2)
    points = mixture.draw(random)
    sides = points[:90], points[90:]
    one, two = (ts.score(*sides, threads=threads, diagnostics=False) for threads in (1, 2))
    assert one.overlap == two.overlap
    shuffled = random.permutation(sides[0]), random.permutation(sides[1])
    again = ts.score(*shuffled, diagnostics=False)
    # The variance that is taken off rests on random probes.
    assert again.overlap == pytest.approx(one.overlap, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("truth", "dimensions"), [(1.0, 10), (0.5, 64)])
def test_the_mean_overlap_of_small_pools_is_the_truth(truth: float, dimensions: int) -> None:
    mixture = Mixture(50, 50, truth, dimensions)
    random = np.random.default_rng(1)
    plain, found = [], []
    for _ in range(160):
        points = mixture.draw(random)
        graphs = graphs_of(ts.self_knn(points, 10, threads=1), mixture.is_real, 1)
        score = directed_score(graphs.graph, ~mixture.is_real)
        interval = score_interval(
            graphs.graph, graphs.surroundings, ~mixture.is_real, left_out=graphs.left_out
        )
        plain.append(overlap(score, 0.5))
        found.append(overlap_with_interval(score, interval, 0.5, None)[0])
    error = np.std(found) / np.sqrt(len(found))
    print(f"plain {np.mean(plain):.3f}, found {np.mean(found):.3f}, standard error {error:.3f}")
    bias, plain_bias = (abs(float(np.mean(values)) - truth) for values in (found, plain))
    assert bias < min(0.05, plain_bias)
    assert np.std(found) < np.std(plain)


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
