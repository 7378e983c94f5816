"""The numbers that a stream shows at a moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.chance import null_moments
from twinscore.graph.edge_count import pair_moments
from twinscore.graph.hubness import hubness, labels_of_hubs
from twinscore.graph.intervals import score_interval
from twinscore.graph.score import directed_score, overlap, score_at
from twinscore.measures.balance import overlap_with_interval
from twinscore.measures.p_value import FINE, EdgeCount, RelabellingTests, relabelling_tests
from twinscore.scoring.verdict import Evidence

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray
    from twinscore.measures.balance import BalancedScore
    from twinscore.measures.judge import Judge
    from twinscore.measures.spread import Spread
    from twinscore.measures.unit_graphs import PoolGraphs

FEW = 50
"""Units of a side below which what chance does to them is not yet normal."""

RELABELLINGS, FEWER_RELABELLINGS = 999, 199
"""Of these, and where the other side is large: a stream is looked at again and again."""


@dataclass(frozen=True, slots=True)
class PoolViews:
    """What is asked of the vectors of a pool, beside its graph.

    Attributes
    ----------
    judge
        How often it is right.
    spread
        Of both sides.
    balanced
        The score at equal sides, where the synthetic side is the larger one.
    """

    judge: Judge
    spread: Spread
    balanced: BalancedScore | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers that follow from a graph and its labels.

    Attributes
    ----------
    score
        S of the real images and the synthetic ones kept. As long as all are kept it is, bit for
        bit, the score of `twinscore.score`; from then on an unbiased estimate of S at
        `real_fraction`, the real share among the images kept.
    reverse_score
        The same from the real side.
    interval
        About 95 % for S at `real_fraction`; the drawing of the sample is included.
    overlap, overlap_interval
        S made independent of the real:synthetic ratio: the share of synthetic images that could
        be real ones.
    score_at_seen_ratio, seen_interval
        S converted, by way of the overlap, to the ratio of real images to all synthetic ones seen.
    z, null_interval
        How far below 1 the score is, in standard deviations of chance, and where about 95 % of
        the scores of perfectly mixed sides of this size fall.
    p_value
        How often chance alone scores this low: as for a normal variable, or by relabelling where a
        side has fewer than 50 images or groups.
    edge_count
        How far score and reverse score together are from those of a perfect twin; its p-value is
        that of a chi-squared variable, or of the same relabellings.
    judge, spread, hubness
        As in `twinscore.ScoreResult`, of what is kept.
    units
        Real and synthetic ones kept that are scored: images, or groups.
    real_fraction, real_fraction_seen
        p among the images (or groups) kept and among those seen.
    """

    score: float
    reverse_score: float
    interval: tuple[float, float]
    overlap: float
    overlap_interval: tuple[float, float]
    score_at_seen_ratio: float
    seen_interval: tuple[float, float]
    z: float
    p_value: float
    null_interval: tuple[float, float]
    edge_count: EdgeCount
    judge: Judge
    spread: Spread
    hubness: dict[str, float]
    units: tuple[int, int]
    real_fraction: float
    real_fraction_seen: float

    @property
    def evidence(self) -> Evidence:
        """What the verdict rests on."""
        return Evidence(
            score=self.score,
            overlap=self.overlap,
            null_interval=self.null_interval,
            reverse_score=self.reverse_score,
            low_score=self.p_value,
            pair=self.edge_count.p_value,
            copies=None,
            judge=self.judge,
            spread=self.spread,
            hub_labels=labels_of_hubs(self.hubness, self.real_fraction),
            units=self.units,
        )

    @property
    def verdict(self) -> str:
        """The result in one sentence, the same wherever it is shown."""
        return self.evidence.sentence


def figures(
    graphs: PoolGraphs,
    views: PoolViews,
    is_real: BoolArray,
    seen: int,
    *,
    seed: int = 0,
    threads: int | None = None,
) -> Figures:
    """Score a pool.

    Parameters
    ----------
    graphs
        Their points are images, or groups.
    views
        Of the same pool.
    is_real
        Shape (n,).
    seen
        Synthetic points seen, kept or not.
    seed, threads
        Of relabellings, where there are few points of a side.
    """
    graph = graphs.graph
    real = int(np.count_nonzero(is_real))
    kept, all_seen = float(is_real.mean()), real / (real + seen)
    score = directed_score(graph, ~is_real)
    moments = null_moments(graphs.exchangeable, len(graph) - real)
    z = moments.z(directed_score(graphs.exchangeable, ~is_real))
    if min(real, len(graph) - real) < FEW:
        count = RELABELLINGS if len(graph) <= FINE else FEWER_RELABELLINGS
        tests = relabelling_tests(graphs, is_real, permutations=count, seed=seed, threads=threads)
    else:
        tests = _normal_tests(graphs, is_real, z)
    sure = score_interval(graph, graphs.surroundings, ~is_real, left_out=graphs.left_out)
    share, (low, high) = overlap_with_interval(score, sure, kept, views.balanced)
    return Figures(
        score=score,
        reverse_score=directed_score(graph, is_real),
        interval=(sure.low, sure.high),
        overlap=share,
        overlap_interval=(low, high),
        score_at_seen_ratio=score_at(overlap(score, kept), all_seen),
        seen_interval=(score_at(low, all_seen), score_at(high, all_seen)),
        z=z,
        p_value=tests.p_value,
        null_interval=moments.interval,
        edge_count=tests.edge_count,
        judge=views.judge,
        spread=views.spread,
        hubness=hubness(graph),
        units=(real, len(graph) - real),
        real_fraction=kept,
        real_fraction_seen=all_seen,
    )


def _normal_tests(graphs: PoolGraphs, is_real: BoolArray, z: float) -> RelabellingTests:
    """Say what relabelling would, of points so many that it need not be done."""
    graph = graphs.exchangeable
    pair = np.array([[directed_score(graph, side) for side in (~is_real, is_real)]])
    moments = pair_moments(graph, int(np.count_nonzero(~is_real)))
    statistic = float(moments.distances(pair)[0])
    return RelabellingTests(
        0.5 * math.erfc(-z / math.sqrt(2.0)) if math.isfinite(z) else 1.0,
        EdgeCount(statistic, math.exp(-statistic / 2.0)),
    )
