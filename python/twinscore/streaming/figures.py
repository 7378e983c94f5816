"""The numbers that a stream shows at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.chance import null_moments
from twinscore.graph.intervals import score_interval
from twinscore.graph.score import directed_score, overlap, score_at
from twinscore.measures.balance import overlap_with_interval

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray
    from twinscore.graph.neighbor_graph import NeighborGraph
    from twinscore.graph.surroundings import Surroundings


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
    null_interval: tuple[float, float]
    real_fraction: float
    real_fraction_seen: float


def figures(
    graph: NeighborGraph, surroundings: Surroundings, is_real: BoolArray, seen: int
) -> Figures:
    """Score a graph.

    Parameters
    ----------
    graph
        Its points are images, or groups.
    surroundings
        Of the same points.
    is_real
        Shape (n,).
    seen
        Synthetic points seen, kept or not.
    """
    score = directed_score(graph, ~is_real)
    moments = null_moments(graph, int(np.count_nonzero(~is_real)))
    sure = score_interval(graph, surroundings, ~is_real)
    interval = (sure.low, sure.high)
    real = int(np.count_nonzero(is_real))
    kept, all_seen = float(is_real.mean()), real / (real + seen)
    share, (low, high) = overlap_with_interval(score, sure, kept, balanced=None)
    return Figures(
        score=score,
        reverse_score=directed_score(graph, is_real),
        interval=interval,
        overlap=share,
        overlap_interval=(low, high),
        score_at_seen_ratio=score_at(overlap(score, kept), all_seen),
        seen_interval=(score_at(low, all_seen), score_at(high, all_seen)),
        z=moments.z(score),
        null_interval=moments.interval,
        real_fraction=kept,
        real_fraction_seen=all_seen,
    )
