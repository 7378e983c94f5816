"""The other ways to an interval."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from known_truth import Mixture
from twinscore.graph.pool import Pool
from twinscore.measures.interval import METHODS, IntervalMethod, find_interval
from twinscore.measures.unit_graphs import PoolGraphs, graphs_of, grouped_graphs
from twinscore.neighbors.settings import SearchSettings


@pytest.fixture(scope="module")
def searched() -> tuple[Pool, PoolGraphs]:
    mixture = Mixture(150, 200, overlap=0.5)
    pool = Pool(mixture.draw(np.random.default_rng(0)), mixture.is_real, None)
    return pool, graphs_of(ts.self_knn(pool.vectors, 10), pool.is_real, 1)


@pytest.mark.parametrize("method", METHODS)
def test_every_interval_holds_the_score_and_depends_on_the_seed_alone(
    searched: tuple[Pool, PoolGraphs], method: IntervalMethod
) -> None:
    pool, graphs = searched
    score = graphs.profile[1][0]
    first = find_interval(method, pool, graphs, seed=3, search=SearchSettings(threads=1))
    again = find_interval(method, pool, graphs, seed=3, search=SearchSettings(threads=2))
    assert first == again
    assert first.low < score < first.high
    assert first.effective_size > 10


def test_the_query_bootstrap_has_the_width_of_a_binomial(
    searched: tuple[Pool, PoolGraphs],
) -> None:
    pool, graphs = searched
    interval = find_interval("query-bootstrap", pool, graphs, seed=0)
    share = graphs.profile[1][0] * 150 / 349
    standard_error = (share * (1 - share) / 200) ** 0.5 / (150 / 349)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * standard_error, rel=0.1)


def test_the_jackknife_is_not_narrower_than_the_local_interval(
    searched: tuple[Pool, PoolGraphs],
) -> None:
    jackknife, local = (find_interval(name, *searched, seed=0) for name in ("jackknife", "local"))
    assert jackknife.high - jackknife.low > 0.95 * (local.high - local.low)


def test_with_groups_whole_groups_are_left_out() -> None:
    mixture = Mixture(60, 60, overlap=1.0, group_size=4)
    pool = Pool(
        mixture.draw(np.random.default_rng(0)),
        np.repeat(mixture.is_real, 4),
        mixture.groups(),
    )
    graphs = grouped_graphs(pool, 1, seed=0)
    for method in METHODS:
        interval = find_interval(method, pool, graphs, seed=0)
        # Frames counted one by one would seem to be 240.
        assert interval.effective_size < 120


def test_sides_that_no_subsample_is_smaller_than_are_refused() -> None:
    points = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
    pool = Pool(points, np.arange(4) < 2, None)
    graphs = graphs_of(ts.self_knn(points, 3), pool.is_real, 1)
    with pytest.raises(ValueError, match="'subsample': expected more than 2 images"):
        find_interval("subsample", pool, graphs, seed=0)


def test_an_unknown_name_is_refused_with_those_known(searched: tuple[Pool, PoolGraphs]) -> None:
    with pytest.raises(ValueError, match="expected one of local, subsample, jackknife, query"):
        find_interval("guess", *searched, seed=0)  # type: ignore[arg-type]
