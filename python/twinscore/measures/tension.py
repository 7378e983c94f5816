"""What realism costs: score and coverage of the most realistic synthetic images alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.runs import list_width, runs_of
from twinscore.graph.score import directed_score, other_side_shares
from twinscore.graph.worth import photograph_yield, worth
from twinscore.measures.richness import FEWEST_UNITS
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, IdArray
    from twinscore.graph.pool import Pool

SHARES = (1.0, 0.75, 0.5, 0.25, 0.1)
MOST_UNITS = 3_000
"""Units of each side that are searched, a random part of more: a curve need not be finer."""


def giveaways(to_real: Float64Array, to_any: Float64Array) -> Float64Array:
    """Divide distances; an exact copy of a real image is no giveaway, of a synthetic one it is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(to_real == 0.0, 1.0, to_real / to_any)


def tension_curve(
    pool: Pool,
    rows: IdArray,
    giveaway: Float64Array,
    k: int,
    *,
    seed: int,
    search: SearchSettings = EXACT,
) -> tuple[dict[str, float], ...]:
    """Keep the most realistic share of the synthetic units, and measure again.

    Parameters
    ----------
    pool
        Both sides.
    rows
        Shape (u,): one image of each unit.
    giveaway
        Shape (n_synthetic,): how many times farther a synthetic image is from a real one than
        from any; the least are kept.
    k
        Neighbors of the score.
    seed
        Of the part that is searched of large sides.
    search
        Backend and threads.

    Returns
    -------
    Dicts of share, score, coverage and worth, the largest share first; shares that leave fewer
    than ten units are left out. Worth is of all units where a part was searched.
    """
    random = np.random.default_rng(seed)
    first = int(np.count_nonzero(pool.is_real))
    sides = [rows[pool.is_real[rows]], rows[~pool.is_real[rows]]]
    parts = [len(side) / min(len(side), MOST_UNITS) for side in sides]
    real, synthetic = (
        side if len(side) <= MOST_UNITS else np.sort(random.permutation(side)[:MOST_UNITS])
        for side in sides
    )
    # Equal ones in random order: their place in the list means nothing.
    order = random.permutation(len(synthetic))
    synthetic = synthetic[order[np.argsort(giveaway[synthetic[order] - first], kind="stable")]]
    steps = []
    for share in SHARES:
        kept = synthetic[: round(share * len(synthetic))]
        if min(len(kept), len(real)) < FEWEST_UNITS:
            break
        is_real = np.arange(len(real) + len(kept)) < len(real)
        width = max(list_width(len(real), len(kept)), k)
        vectors = pool.vectors[np.concatenate([real, kept])]
        neighbors = search.self_knn(vectors, min(width, len(vectors) - 1))
        runs = runs_of(neighbors, is_real)
        nearest = other_side_shares(graph_of(neighbors, 1), ~is_real)[is_real].mean()
        yielded = photograph_yield(float(nearest), len(real), len(kept))
        on_domain = min(runs.counts(~is_real).reached, 1.0)
        steps.append(
            {
                "share": share,
                "score": directed_score(graph_of(neighbors, min(k, len(vectors) - 1)), ~is_real),
                "coverage": runs.counts(is_real).reached,
                "worth": parts[1] * worth(yielded, on_domain, len(kept)),
            }
        )
    return tuple(steps)
