"""From two sets of embeddings to a result."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph import graph_of
from twinscore.neighbors import knn, self_knn
from twinscore.resampling import group_graph
from twinscore.result import ScoreResult
from twinscore.samples import samples_table
from twinscore.scoring import directed_score, expected_shares, other_side_shares, overlap
from twinscore.statistics import lower_p_value, null_moments, permuted_scores
from twinscore.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.records import (
        BoolArray,
        Embeddings,
        Float64Array,
        FloatMatrix,
        IdArray,
        ProgressCallback,
    )

    StageProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Pool:
    """Both sides as one set of points; the real ones come first."""

    vectors: FloatMatrix
    is_real: BoolArray
    groups: IdArray | None


def assess(
    real: Embeddings,
    synthetic: Embeddings,
    *,
    k: int = 1,
    seed: int = 0,
    threads: int | None = None,
    backend: str = "exact",
    progress: StageProgress | None = None,
) -> ScoreResult:
    """Score synthetic embeddings against real ones.

    Parameters
    ----------
    real, synthetic
        Of one model. Groups are separate per side: equal names on both sides are two groups.
    k
        Neighbors per image.
    seed
        Of permutations and draws.
    threads, backend
        See `twinscore.self_knn`.
    progress
        Called now and then with (stage, done, total).

    Raises
    ------
    ValueError
        Where a side has fewer than two images (or groups), widths differ, or k is too large.
    """
    started = time.perf_counter()

    def stage(name: str) -> ProgressCallback:
        return lambda done, total: progress(name, done, total) if progress else None

    _check(real, synthetic)
    pool = _pool(real, synthetic)
    _check_neighbor_count(k, pool)

    neighbors = self_knn(
        pool.vectors,
        k,
        pool.groups,
        backend,
        threads,
        progress=stage("Finding neighbors"),
    )
    nearest_real = knn(
        synthetic.vectors,
        real.vectors,
        1,
        backend=backend,
        threads=threads,
        progress=stage("Finding nearest real images"),
    )
    searched = time.perf_counter()
    pooled = graph_of(neighbors)
    graph, is_real = pooled, pool.is_real
    if pool.groups is not None:
        is_real = _group_labels(pool)
        graph = group_graph(
            pool.vectors,
            pool.groups,
            k,
            seed=seed,
            threads=threads,
            progress=stage("Drawing one image per group"),
        )

    score = directed_score(graph, ~is_real)
    null_scores = permuted_scores(
        graph,
        is_real,
        seed=seed,
        threads=threads,
        progress=stage("Permuting labels"),
    )
    moments = null_moments(graph, int(np.count_nonzero(~is_real)))
    shares = other_side_shares(pooled, pool.is_real)
    duplicates = int(np.count_nonzero(nearest_real.distances == 0.0))
    return ScoreResult(
        score=score,
        reverse_score=directed_score(graph, is_real),
        overlap=overlap(score, float(is_real.mean())),
        z=moments.z(score),
        p_value=lower_p_value(score, null_scores),
        null_interval=moments.interval,
        pooled_score=directed_score(pooled, ~pool.is_real, pool.groups),
        k=k,
        n_real=len(real.vectors),
        n_synthetic=len(synthetic.vectors),
        groups=_group_counts(is_real) if pool.groups is not None else None,
        expected_real_fraction=float(expected_shares(is_real)[~is_real].mean()),
        observed_real_fraction=float(other_side_shares(graph, is_real)[~is_real].mean()),
        hubness=_hubness(pooled.in_weights),
        ties=int(np.count_nonzero(np.diff(neighbors.tie_offsets))),
        duplicates=duplicates,
        skipped={"real": real.skipped, "synthetic": synthetic.skipped},
        warnings=tuple(_warnings(real, synthetic, duplicates)),
        samples=samples_table(real, synthetic, neighbors, nearest_real, shares),
        backend=backend,
        model=real.model or synthetic.model,
        preprocessing=real.preprocessing or synthetic.preprocessing,
        seconds={
            "neighbors": searched - started,
            "statistics": time.perf_counter() - searched,
        },
        seed=seed,
        version=__version__,
    )


def _check(real: Embeddings, synthetic: Embeddings) -> None:
    for side, embeddings in (("real", real), ("synthetic", synthetic)):
        if len(embeddings.vectors) < 2:
            raise ValueError(
                f"expected at least 2 {side} images, got {len(embeddings.vectors)}: "
                "a score of so few says nothing"
            )
        if embeddings.groups is not None and len(set(embeddings.groups)) < 2:
            raise ValueError(
                f"expected at least 2 groups of {side} images, got 1 "
                f"({embeddings.groups[0]!r}): images of one group count as one"
            )
    widths = real.vectors.shape[1], synthetic.vectors.shape[1]
    if widths[0] != widths[1]:
        raise ValueError(
            f"expected synthetic embeddings as wide as the real ones ({widths[0]}), "
            f"got {widths[1]}: both sides must come from the same model"
        )


def _check_neighbor_count(k: int, pool: Pool) -> None:
    if pool.groups is None:
        points, counted = len(pool.vectors), "images of both sides"
    else:
        points, counted = int(pool.groups.max()) + 1, "groups of both sides"
    if k >= points:
        raise ValueError(
            f"expected k of at most {points - 1:,}, one less than the {points:,} {counted}, "
            f"got k = {k}"
        )


def _pool(real: Embeddings, synthetic: Embeddings) -> Pool:
    is_real = np.arange(len(real.vectors) + len(synthetic.vectors)) < len(real.vectors)
    groups = None
    if real.groups is not None or synthetic.groups is not None:
        real_ids = _group_ids(real)
        groups = np.concatenate([real_ids, _group_ids(synthetic) + real_ids.max() + 1])
    return Pool(np.concatenate([real.vectors, synthetic.vectors]), is_real, groups)


def _group_ids(side: Embeddings) -> IdArray:
    if side.groups is None:
        return np.arange(len(side.vectors), dtype=np.int64)
    return np.unique(np.asarray(side.groups), return_inverse=True)[1].astype(np.int64)


def _group_labels(pool: Pool) -> BoolArray:
    assert pool.groups is not None
    return np.bincount(pool.groups, pool.is_real) > 0


def _group_counts(is_real: BoolArray) -> dict[str, int]:
    real = int(np.count_nonzero(is_real))
    return {"real": real, "synthetic": len(is_real) - real}


def _hubness(in_weights: Float64Array) -> dict[str, float]:
    return {
        "variance": float(in_weights.var()),
        "maximum": float(in_weights.max()),
        "orphans": float(np.mean(in_weights == 0.0)),
    }


def _warnings(real: Embeddings, synthetic: Embeddings, duplicates: int) -> list[str]:
    warnings = []
    if duplicates:
        warnings.append(
            f"{duplicates:,} of {len(synthetic.vectors):,} synthetic images have exactly the "
            "embedding of a real one: copies raise the score"
        )
    for side, embeddings in (("real", real), ("synthetic", synthetic)):
        if embeddings.skipped:
            total = len(embeddings.skipped) + len(embeddings.vectors)
            warnings.append(
                f"{len(embeddings.skipped):,} of {total:,} {side} images could not be read "
                "and were left out"
            )
    if (real.model is None) != (synthetic.model is None):
        warnings.append(
            "one side came as ready-made embeddings: make sure that the model "
            f"{real.model or synthetic.model} made them too"
        )
    return warnings
