"""The p-value of a score, as fine as small pools allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.graph.chance import lower_p_value, permuted_scores
from twinscore.graph.neighbor_graph import blend
from twinscore.graph.score import directed_score

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.measures.unit_graphs import PoolGraphs

FINE = 5_000
"""Units up to which a score takes so few values that ties among relabellings matter."""


def permutation_p_value(
    graphs: PoolGraphs,
    is_real: BoolArray,
    *,
    permutations: int = 9_999,
    seed: int = 0,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> float:
    """Return how often relabelling the units gives a score this low.

    The score of a small pool takes few values, and counting all ties as "as low" makes the test
    timid. Ties are therefore broken by the score at the neighbors of the surroundings, which is
    one more statistic of the same fixed graph: the p-value stays exact.

    Parameters
    ----------
    graphs, is_real
        Of the units, shape (n,).
    permutations, seed, threads, progress
        See `permuted_scores`.
    """
    graph = graphs.graph
    if len(graph) <= FINE:
        # One neighbor more or less must outweigh all that breaks a tie.
        graph = blend(graph, graphs.surroundings.graph, 1.0 / (4.0 * graph.k * len(graph)))
    null_scores = permuted_scores(
        graph,
        is_real,
        permutations=permutations,
        seed=seed,
        threads=threads,
        progress=progress,
    )
    return lower_p_value(directed_score(graph, ~is_real), null_scores)
