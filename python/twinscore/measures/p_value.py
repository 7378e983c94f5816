"""What relabelling the units says: the p-value of the score, and of both directions at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.chance import lower_p_value, permuted_score_pairs
from twinscore.graph.edge_count import pair_moments
from twinscore.graph.neighbor_graph import blend
from twinscore.graph.score import directed_score

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.neighbor_graph import NeighborGraph
    from twinscore.measures.unit_graphs import PoolGraphs

FINE = 5_000
"""Units up to which a score takes so few values that ties among relabellings matter."""

FEWER_PERMUTATIONS = 999
"""For the wide graph of pools above `FINE`, whose arcs are many."""


@dataclass(frozen=True, slots=True)
class EdgeCount:
    """How far score and reverse score lie from those of a perfect twin, in any direction.

    Attributes
    ----------
    statistic
        Squared Mahalanobis distance, the larger of those at k neighbors and at those of the
        surroundings (ten, where there are enough images).
    p_value
        How often relabelling the units gives as large a one.
    """

    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class RelabellingTests:
    """P-value of a low score, and the edge count of the same relabellings."""

    p_value: float
    edge_count: EdgeCount


def relabelling_tests(
    graphs: PoolGraphs,
    is_real: BoolArray,
    *,
    permutations: int = 9_999,
    seed: int = 0,
    threads: int | None = None,
    progress: ProgressCallback | None = None,
) -> RelabellingTests:
    """Return how often relabelling the units gives a score this low, or a pair this far off.

    The score of a small pool takes few values, and counting all ties as "as low" makes the test
    timid. Ties are therefore broken by the score at the neighbors of the surroundings, which is
    one more statistic of the same fixed graph: the p-values stay exact.

    Parameters
    ----------
    graphs, is_real
        Of the units, shape (n,).
    permutations, seed, threads, progress
        See `permuted_score_pairs`.
    """
    graph, wide = graphs.exchangeable, graphs.exchangeable_surroundings
    fine = len(graph) <= FINE
    pairs, wide_pairs = (
        permuted_score_pairs(
            one, is_real, permutations=count, seed=seed, threads=threads, progress=watched
        )
        for one, count, watched in (
            (graph, permutations, progress),
            (wide, permutations if fine else min(permutations, FEWER_PERMUTATIONS), None),
        )
    )
    wide_count = len(wide_pairs)
    if fine:
        # One neighbor more or less must outweigh all that breaks a tie. The scores of a blend
        # of graphs are the blends of their scores.
        share = 1.0 / (4.0 * graph.k * len(graph))
        graph = blend(graph, wide, share)
        pairs = (1.0 - share) * pairs + share * wide_pairs
    synthetic = int(np.count_nonzero(~is_real))
    narrow, narrow_null = _distances(graph, is_real, synthetic, pairs[:wide_count])
    wider, wider_null = _distances(wide, is_real, synthetic, wide_pairs)
    statistic = max(narrow, wider)
    as_far = np.maximum(narrow_null, wider_null) >= statistic * (1.0 - 1e-9)
    return RelabellingTests(
        lower_p_value(directed_score(graph, ~is_real), pairs[:, 0]),
        EdgeCount(statistic, (1 + int(np.count_nonzero(as_far))) / (1 + wide_count)),
    )


def _distances(
    graph: NeighborGraph, is_real: BoolArray, synthetic: int, pairs: Float64Array
) -> tuple[float, Float64Array]:
    """Return the distance of the pair seen, and those of relabellings."""
    moments = pair_moments(graph, synthetic)
    seen = np.array([[directed_score(graph, ~is_real), directed_score(graph, is_real)]])
    return float(moments.distances(seen)[0]), moments.distances(pairs)
