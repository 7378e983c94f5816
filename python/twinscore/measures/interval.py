"""The ways to an interval of the score, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from twinscore.graph.intervals import ScoreInterval, effective_size, interval_of, score_interval
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import directed_score, expected_shares, other_side_shares
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.pool import Pool
    from twinscore.measures.unit_graphs import PoolGraphs

IntervalMethod = Literal["local", "subsample", "jackknife", "query-bootstrap"]
METHODS: tuple[IntervalMethod, ...] = get_args(IntervalMethod)

SUBSAMPLES = 100
KEPT = 0.2
"""Share of each side in a subsample: small, so that subsamples overlap little."""

RESAMPLES = 1_999


def find_interval(
    method: IntervalMethod,
    pool: Pool,
    graphs: PoolGraphs,
    *,
    seed: int,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> ScoreInterval:
    """Interval of the score of the synthetic units.

    Parameters
    ----------
    method
        "local": from the variance of labels around each point, see `mean_share_variance`, kept
        within what the jackknife allows; one pass over the graph.
        "subsample": m-of-n without replacement (Politis and Romano 1994),
        a search for each of 100 subsamples. "jackknife": one unit left out at a time (Efron and
        Stein 1981), never too narrow on average, up to 1.4 times too wide.
        "query-bootstrap": synthetic units drawn again with their neighbors; conditional on this
        pool, so too narrow for any other.
    pool, graphs
        The pool and what its search says.
    seed
        Of subsamples and resamples.
    search
        Backend and threads.
    progress
        Called with (done, total) by "subsample".

    Raises
    ------
    ValueError
        For a name that is not known, or "subsample" of sides so small that each is kept whole.
    """
    is_real = pool.unit_is_real
    if method == "local":
        return score_interval(graphs.graph, graphs.surroundings, ~is_real, left_out=graphs.left_out)
    shares = other_side_shares(graphs.graph, is_real)[~is_real]
    expected = float(expected_shares(is_real)[~is_real].mean())
    if method == "query-bootstrap":
        return _query_bootstrap(shares, expected, seed)
    if method == "subsample":
        variance = _subsampled_variance(pool, graphs.graph.k, seed, search, progress)
    elif method == "jackknife":
        variance = graphs.left_out.variance
    else:
        raise ValueError(f"interval: expected one of {', '.join(METHODS)}, got {method!r}")
    share, count = float(shares.mean()), len(shares)
    smallest = min(count, len(is_real) - count)
    size = effective_size(share, variance * expected**2, count, smallest)
    return interval_of(share, size, expected=expected, smallest=smallest)


def _subsampled_variance(
    pool: Pool, k: int, seed: int, search: SearchSettings, progress: ProgressCallback | None
) -> float:
    random = np.random.default_rng(seed)
    sides = [np.flatnonzero(pool.unit_is_real), np.flatnonzero(~pool.unit_is_real)]
    kept = [max(round(KEPT * len(side)), 2) for side in sides]
    if sum(kept) == len(pool.unit_is_real):
        raise ValueError(
            "interval 'subsample': expected more than 2 images or groups of a side, got 2 of each: "
            "no part of them is small enough to be drawn; take 'local'"
        )
    k = min(k, sum(kept) - 1)
    is_real = np.arange(sum(kept)) < kept[0]
    scores = []
    for number in range(SUBSAMPLES):
        rows = pool.draw(random)
        chosen = [random.permutation(side)[:count] for side, count in zip(sides, kept, strict=True)]
        vectors = pool.vectors[rows[np.concatenate(chosen)]]
        scores.append(directed_score(graph_of(search.self_knn(vectors, k)), ~is_real))
        if progress is not None:
            progress(number + 1, SUBSAMPLES)
    part = sum(kept) / (len(sides[0]) + len(sides[1]))
    return float(np.var(scores, ddof=1)) * part / (1.0 - part)


def _query_bootstrap(shares: Float64Array, expected: float, seed: int) -> ScoreInterval:
    values, counts = np.unique(shares, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(
        len(shares), counts / len(shares), size=RESAMPLES
    )
    means = drawn @ values / len(shares)
    share, variance = float(shares.mean()), float(means.var())
    low, high = np.quantile(means, [0.025, 0.975])
    size = effective_size(share, variance, len(shares), len(shares))
    return ScoreInterval(
        float(low) / expected, float(high) / expected, size, variance / expected**2
    )
