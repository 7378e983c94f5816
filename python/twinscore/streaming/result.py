"""What a stream has shown so far."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.intervals import score_interval
from twinscore.scoring import directed_score, overlap, overlap_estimate
from twinscore.statistics import null_moments
from twinscore.version import __version__

if TYPE_CHECKING:
    from twinscore.graph import NeighborGraph
    from twinscore.records import BoolArray
    from twinscore.streaming.candidates import CandidatePool
    from twinscore.streaming.real_side import RealSide
    from twinscore.streaming.registry import Registry
    from twinscore.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class StreamResult:
    """The Indistinguishability Score of a stream, at the moment it was asked for.

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
    pooled_score
        S over all images kept, neighbors of the own group left out; `score` without groups.
    k, n_real
        Neighbors per image, real images.
    n_seen, n_kept, n_skipped
        Synthetic images given, kept now, and left out because they could not be used.
    groups
        Number of real and kept synthetic groups, and an estimate of the synthetic ones seen;
        None when images carry none.
    real_fraction, real_fraction_seen
        p among the images (or groups) kept and among those seen.
    sampling
        "all": every image seen is kept; "uniform": a uniform sample; "window": the latest;
        "decay": a sample whose weight halves with age.
    warnings
        What to know before trusting the score.
    model, preprocessing, seed, version
        How the result was made.
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
    pooled_score: float
    k: int
    n_real: int
    n_seen: int
    n_kept: int
    n_skipped: int
    groups: dict[str, int] | None
    real_fraction: float
    real_fraction_seen: float
    sampling: str
    warnings: tuple[str, ...]
    model: str | None
    preprocessing: str | None
    seed: int
    version: str

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON types; what is not finite becomes None."""
        return {name: _json_value(getattr(self, name)) for name in self.__slots__}

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)


def stream_result(pool: CandidatePool, registry: Registry, side: RealSide) -> StreamResult:
    """Score a pool and say what the score is worth."""
    found, pooled_score, groups = pool.figures(registry.seen)
    reservoir = pool.reservoir
    sampling = "uniform" if reservoir.is_sample else "all"
    if reservoir.is_sample and registry.follows_time:
        sampling = "window" if registry.window is not None else "decay"
    return StreamResult(
        **{name: getattr(found, name) for name in Figures.__slots__},
        pooled_score=pooled_score,
        k=pool.k,
        n_real=len(side.embeddings.vectors),
        n_seen=registry.seen,
        n_kept=len(reservoir),
        n_skipped=registry.skipped,
        groups=groups,
        sampling=sampling,
        warnings=tuple(_warnings(sampling, found, registry, side, len(reservoir))),
        model=side.makers[0],
        preprocessing=side.makers[1],
        seed=registry.seed,
        version=__version__,
    )


def _warnings(
    sampling: str, found: Figures, registry: Registry, side: RealSide, kept: int
) -> list[str]:
    warnings = []
    kinds = {
        "uniform": "a uniform sample",
        "window": "the latest",
        "decay": "a sample that prefers the latest",
    }
    if sampling != "all":
        warnings.append(
            f"the score is that of {kept:,} synthetic images, {kinds[sampling]} of the "
            f"{registry.seen:,} seen: an estimate at {found.real_fraction:.1%} real images"
        )
    if registry.skipped:
        warnings.append(f"{registry.skipped:,} synthetic images could not be used")
    if side.embeddings.model is None and side.images_model is not None:
        warnings.append(
            "the real side came as ready-made embeddings: make sure that the model "
            f"{side.images_model[0]} made them too"
        )
    if side.embeddings.skipped:
        warnings.append(f"{len(side.embeddings.skipped):,} real images could not be read")
    return warnings


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers that follow from a graph and its labels."""

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
    share = overlap_estimate(score, kept, sure.variance)
    low, high = overlap(sure.low, kept), overlap(sure.high, kept)

    return Figures(
        score=score,
        reverse_score=directed_score(graph, is_real),
        interval=interval,
        overlap=share,
        overlap_interval=(low, high),
        score_at_seen_ratio=at_ratio(overlap(score, kept), all_seen),
        seen_interval=(at_ratio(low, all_seen), at_ratio(high, all_seen)),
        z=moments.z(score),
        null_interval=moments.interval,
        real_fraction=kept,
        real_fraction_seen=all_seen,
    )


def at_ratio(share: float, real_fraction: float) -> float:
    """Turn an overlap a into the score at the real fraction p: a / (p + q a)."""
    if math.isinf(share):
        return 1.0 / (1.0 - real_fraction) if real_fraction < 1.0 else math.inf
    return share / (real_fraction + (1.0 - real_fraction) * share)


def _json_value(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple | list):
        return [_json_value(item) for item in value]
    if isinstance(value, dict):
        return {name: _json_value(item) for name, item in value.items()}
    return value
