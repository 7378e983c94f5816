"""The p-value of a score."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from known_truth import Mixture
from twinscore.graph.chance import lower_p_value, permuted_scores
from twinscore.graph.score import directed_score
from twinscore.measures.p_value import FINE, relabelling_tests
from twinscore.measures.unit_graphs import PoolGraphs, graphs_of


def searched(mixture: Mixture, seed: int) -> PoolGraphs:
    points = mixture.draw(np.random.default_rng(seed))
    return graphs_of(ts.self_knn(points, 10, threads=1), mixture.is_real, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("n_real", "n_synthetic"), [(100, 100), (20, 180), (180, 20)])
def test_mixed_sides_are_found_different_in_one_case_of_twenty(
    n_real: int, n_synthetic: int
) -> None:
    mixture = Mixture(n_real, n_synthetic, overlap=1.0)
    alarms = sum(
        relabelling_tests(
            searched(mixture, seed), mixture.is_real, permutations=399, seed=seed
        ).p_value
        <= 0.05
        for seed in range(2_000)
    )
    # Three standard errors of 2,000 cases are 1.5 %.
    assert alarms / 2_000 == pytest.approx(0.05, abs=0.015)


def test_breaking_ties_never_changes_the_order_of_scores() -> None:
    mixture = Mixture(60, 60, overlap=0.9)
    graphs = searched(mixture, 0)
    whole = permuted_scores(graphs.graph, mixture.is_real, permutations=999)
    score = directed_score(graphs.graph, ~mixture.is_real)
    p_value = relabelling_tests(graphs, mixture.is_real, permutations=999).p_value
    lower = (1 + np.count_nonzero(whole < score * (1 - 1e-12))) / 1_000
    assert lower <= p_value <= lower_p_value(score, whole)


def test_large_pools_need_no_ties_broken() -> None:
    mixture = Mixture(FINE, 10, overlap=1.0, dimensions=2)
    graphs = searched(mixture, 0)
    score = directed_score(graphs.graph, ~mixture.is_real)
    expected = lower_p_value(score, permuted_scores(graphs.graph, mixture.is_real, permutations=99))
    assert relabelling_tests(graphs, mixture.is_real, permutations=99).p_value == expected
