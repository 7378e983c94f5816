"""From two sets of embeddings to a result."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore._version import __version__
from twinscore.graph.chance import null_moments
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import pool_of
from twinscore.graph.score import bayes_error, directed_score, expected_shares, other_side_shares
from twinscore.measures.audit import audit_search
from twinscore.measures.balance import (
    BalancedScore,
    balanced_rows,
    balanced_score,
    overlap_with_interval,
)
from twinscore.measures.confounds import find_confounds
from twinscore.measures.control import real_control
from twinscore.measures.distance_ratio import distance_ratio
from twinscore.measures.duplicates import merged_groups, near_duplicates
from twinscore.measures.interval import find_interval
from twinscore.measures.p_value import permutation_p_value
from twinscore.measures.published_procedure import is_published_procedure, notebook_score
from twinscore.measures.slices import score_slices, unit_values
from twinscore.measures.space_profile import space_profile
from twinscore.measures.unit_graphs import graphs_of, grouped_graphs, search_width
from twinscore.neighbors import knn, self_knn
from twinscore.neighbors.registry import is_exact
from twinscore.scoring.notes import warnings_of
from twinscore.scoring.result import ScoreResult
from twinscore.scoring.samples_table import samples_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twinscore.base.arrays import BoolArray, Float64Array
    from twinscore.base.progress import ProgressCallback
    from twinscore.embedding.records import Embeddings
    from twinscore.graph.intervals import ScoreInterval
    from twinscore.graph.pool import Pool
    from twinscore.measures.control import Control
    from twinscore.measures.distance_ratio import DistanceRatio
    from twinscore.measures.duplicates import NearDuplicates
    from twinscore.measures.interval import IntervalMethod
    from twinscore.measures.published_procedure import Convention, NotebookScore, Space
    from twinscore.measures.slices import SliceScore
    from twinscore.measures.unit_graphs import PoolGraphs
    from twinscore.neighbors.records import Neighbors

    StageProgress = Callable[[str, int, int], None]

MOST_COMPARED = 10_000
"""Units per side whose distances are compared; a median of so many is sure enough."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to assess: what every step needs to know.

    Attributes
    ----------
    k, seed, threads, backend
        See `assess`.
    progress
        Called with (stage, done, total), or None.
    """

    k: int
    seed: int
    threads: int | None
    backend: str
    progress: StageProgress | None

    def stage(self, name: str) -> ProgressCallback:
        """Return the callback of one stage."""
        return lambda done, total: self.progress(name, done, total) if self.progress else None


def assess(
    real: Embeddings,
    synthetic: Embeddings,
    *,
    k: int = 1,
    seed: int = 0,
    threads: int | None = None,
    backend: str = "exact",
    slice_by: Sequence[str] = (),
    collapse_duplicates: bool = False,
    interval: IntervalMethod = "local",
    diagnostics: bool = True,
    space: Space = "embedding",
    convention: Convention = "exact",
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
    slice_by
        Columns of the synthetic side, each value of which is a slice.
    collapse_duplicates
        Make near-duplicates of one side a group.
    interval
        One of `METHODS`, see `find_interval`.
    diagnostics
        False: no search beyond those that score, interval and p-value need.
    space, convention
        "umap2d" and "notebook": follow the published procedure too, see `notebook_score`.
    progress
        Called now and then with (stage, done, total).

    Raises
    ------
    ValueError
        Where a side has fewer than two images (or groups), widths differ, k is too large, or
        the synthetic side lacks a column.
    """
    started = time.perf_counter()
    published = is_published_procedure(space, convention)
    plan = Plan(k, seed, threads, backend, progress)
    pool = pool_of(real, synthetic, k)
    _check_columns(synthetic, slice_by)

    neighbors = _search(pool, plan)
    duplicates = near_duplicates(pool.vectors, neighbors, pool.is_real, seed=seed, threads=threads)
    if collapse_duplicates:
        pool = replace(pool, groups=merged_groups(duplicates, pool.groups))
        pool.check_neighbor_count(k)
        neighbors = _search(pool, plan)
    nearest_real = knn(
        synthetic.vectors,
        real.vectors,
        1,
        backend=backend,
        threads=threads,
        progress=plan.stage("Finding nearest real images"),
    )
    searched = time.perf_counter()

    pooled = graph_of(neighbors, k)
    is_real = pool.unit_is_real
    graphs = _graphs(pool, neighbors, plan)
    score = directed_score(graphs.graph, ~is_real)
    found = find_interval(
        interval,
        pool,
        graphs,
        seed=seed,
        threads=threads,
        progress=plan.stage("Scoring subsamples"),
    )
    moments = null_moments(graphs.graph, int(np.count_nonzero(~is_real)))
    p_value = permutation_p_value(
        graphs,
        is_real,
        seed=seed,
        threads=threads,
        progress=plan.stage("Permuting labels"),
    )
    further = _further(pool, plan) if diagnostics else Further()
    balanced = _balanced(score, found, pool, plan) if diagnostics else None
    by_overlap = overlap_with_interval(score, found, float(is_real.mean()), balanced)
    shares = other_side_shares(pooled, pool.is_real)
    result = ScoreResult(
        score=score,
        interval=(found.low, found.high),
        interval_method=interval,
        effective_size=found.effective_size,
        reverse_score=directed_score(graphs.graph, is_real),
        overlap=by_overlap[0],
        overlap_interval=by_overlap[1],
        score_balanced=None if balanced is None else balanced.score,
        balanced_spread=None if balanced is None else balanced.spread,
        bayes_error=None if balanced is None else bayes_error(balanced.score),
        distance_ratio=further.distance_ratio,
        profile={
            "k": [
                {"k": count, "score": scores[0], "reverse_score": scores[1]}
                for count, scores in graphs.profile.items()
            ],
            "space": [{"axes": axes, "score": value} for axes, value in further.space],
        },
        slices=tuple(_slices(graphs, pool, synthetic, slice_by, plan)),
        control=further.control,
        confounds=tuple(find_confounds(real.facts or (), synthetic.facts or ())),
        compatibility=_published_score(pool, plan) if published else None,
        z=moments.z(score),
        p_value=p_value,
        null_interval=moments.interval,
        pooled_score=directed_score(pooled, ~pool.is_real, pool.groups),
        k=k,
        n_real=len(real.vectors),
        n_synthetic=len(synthetic.vectors),
        groups=_group_counts(is_real) if pool.groups is not None else None,
        expected_real_fraction=float(expected_shares(is_real)[~is_real].mean()),
        observed_real_fraction=float(other_side_shares(graphs.graph, is_real)[~is_real].mean()),
        hubness=_hubness(pooled.in_weights),
        ties=int(np.count_nonzero(np.diff(pooled.offsets) > k)),
        duplicates=int(np.count_nonzero(nearest_real.distances == 0.0)),
        near_duplicates=_near_duplicate_counts(duplicates, pool.is_real),
        collapsed=collapse_duplicates,
        skipped={"real": real.skipped, "synthetic": synthetic.skipped},
        warnings=(),
        samples=samples_table(real, synthetic, neighbors, nearest_real, shares, duplicates),
        backend=backend,
        model=real.model or synthetic.model,
        preprocessing=real.preprocessing or synthetic.preprocessing,
        seconds={"neighbors": searched - started, "statistics": time.perf_counter() - searched},
        seed=seed,
        version=__version__,
        audit=None if is_exact(backend) else _audit(pool, neighbors, plan),
    )
    return replace(result, warnings=tuple(warnings_of(result, real, synthetic, slice_by)))


@dataclass(frozen=True, slots=True)
class Further:
    """What takes searches beyond those of the score."""

    distance_ratio: DistanceRatio | None = None
    space: tuple[tuple[int, float], ...] = ()
    control: Control | None = None


def _further(pool: Pool, plan: Plan) -> Further:
    rows = balanced_rows(pool, np.random.default_rng(plan.seed), MOST_COMPARED)
    return Further(
        distance_ratio(pool.vectors[rows], seed=plan.seed, threads=plan.threads),
        tuple(
            space_profile(
                pool,
                plan.k,
                seed=plan.seed,
                threads=plan.threads,
                progress=plan.stage("Scoring along principal axes"),
            )
        ),
        real_control(pool, plan.k, seed=plan.seed, threads=plan.threads),
    )


def _published_score(pool: Pool, plan: Plan) -> NotebookScore:
    return notebook_score(
        pool, seed=plan.seed, threads=plan.threads, progress=plan.stage("Drawing UMAP maps")
    )


def _search(pool: Pool, plan: Plan) -> Neighbors:
    smallest_choice = len(pool.vectors) - int(np.bincount(pool.units).max())
    width = min(search_width(plan.k, len(pool.unit_is_real)), smallest_choice)
    return self_knn(
        pool.vectors,
        max(width, plan.k),
        pool.groups,
        plan.backend,
        plan.threads,
        progress=plan.stage("Finding neighbors"),
    )


def _audit(pool: Pool, neighbors: Neighbors, plan: Plan) -> dict[str, Any]:
    return audit_search(
        neighbors,
        pool,
        plan.k,
        seed=plan.seed,
        threads=plan.threads,
        progress=plan.stage("Checking against exact neighbors"),
    ).to_dict()


def _graphs(pool: Pool, neighbors: Neighbors, plan: Plan) -> PoolGraphs:
    if pool.groups is None:
        return graphs_of(neighbors, pool.is_real, plan.k)
    return grouped_graphs(
        pool,
        plan.k,
        seed=plan.seed,
        threads=plan.threads,
        progress=plan.stage("Drawing one image per group"),
    )


def _balanced(score: float, interval: ScoreInterval, pool: Pool, plan: Plan) -> BalancedScore:
    if pool.is_balanced:
        return BalancedScore(score, 0.0, interval, 0)
    return balanced_score(
        pool,
        plan.k,
        seed=plan.seed,
        threads=plan.threads,
        progress=plan.stage("Drawing equal sides"),
    )


def _slices(
    graphs: PoolGraphs, pool: Pool, synthetic: Embeddings, slice_by: Sequence[str], plan: Plan
) -> list[SliceScore]:
    slices = []
    for column in slice_by:
        real_rows = len(pool.vectors) - len(synthetic.vectors)
        values = [*([None] * real_rows), *synthetic.columns[column]]
        slices += score_slices(
            graphs,
            pool.unit_is_real,
            column,
            unit_values(values, pool.units),
            seed=plan.seed,
            progress=plan.stage(f"Scoring slices by {column}"),
        )
    return slices


def _check_columns(synthetic: Embeddings, slice_by: Sequence[str]) -> None:
    for column in slice_by:
        if column not in synthetic.columns:
            known = ", ".join(sorted(synthetic.columns)) or "none"
            raise ValueError(
                f"slice_by: expected a column of the synthetic side ({known}), got {column!r}"
            )


def _group_counts(is_real: BoolArray) -> dict[str, int]:
    real = int(np.count_nonzero(is_real))
    return {"real": real, "synthetic": len(is_real) - real}


def _hubness(in_weights: Float64Array) -> dict[str, float]:
    return {
        "variance": float(in_weights.var()),
        "maximum": float(in_weights.max()),
        "orphans": float(np.mean(in_weights == 0.0)),
    }


def _near_duplicate_counts(
    duplicates: NearDuplicates, is_real: BoolArray
) -> dict[str, float | int]:
    sides = is_real[duplicates.pairs].sum(axis=1)
    return {
        "threshold": duplicates.threshold,
        "real": len(np.unique(duplicates.pairs[sides == 2])),
        "synthetic": len(np.unique(duplicates.pairs[sides == 0])),
        "across": len(np.unique(duplicates.pairs[sides == 1])),
    }
