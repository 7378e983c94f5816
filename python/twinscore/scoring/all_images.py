"""From two sets of embeddings to a result, every image searched."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore._version import __version__
from twinscore.domain.intentionality import assess_intentionality
from twinscore.graph.chance import null_moments
from twinscore.graph.hubness import hubness
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import bayes_error, directed_score, expected_shares, other_side_shares
from twinscore.measures.audit import audit_search
from twinscore.measures.balance import overlap_with_interval, sides_for_overlap
from twinscore.measures.closeness import closeness_of
from twinscore.measures.confounds import find_confounds
from twinscore.measures.interval import find_interval
from twinscore.measures.judge import judge_pool
from twinscore.measures.p_value import relabelling_tests
from twinscore.measures.published_procedure import notebook_score
from twinscore.measures.slices import score_slices, unit_values
from twinscore.measures.spread import spread_of
from twinscore.measures.transfer import transfer_of
from twinscore.neighbors.registry import is_exact
from twinscore.scoring.early_checks import check_columns
from twinscore.scoring.facts_of_slices import with_facts
from twinscore.scoring.further import further_figures
from twinscore.scoring.look_alikes import look_alikes
from twinscore.scoring.notes import sampled_ties_notes, warnings_of
from twinscore.scoring.pool_richness import richness_reader
from twinscore.scoring.result import ScoreResult
from twinscore.scoring.richness_of_cells import part_cells
from twinscore.scoring.samples_table import ImageColumns, samples_table
from twinscore.scoring.searched_pool import search_sides, unit_graphs
from twinscore.scoring.slice_values import slice_values

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray
    from twinscore.domain.figures import IntendedImages
    from twinscore.embedding.records import Embeddings
    from twinscore.graph.pool import Pool
    from twinscore.measures.balance import BalancedScore
    from twinscore.measures.judge import Judge
    from twinscore.measures.published_procedure import NotebookScore
    from twinscore.measures.slices import SliceScore
    from twinscore.measures.transfer import Transfer
    from twinscore.measures.unit_graphs import PoolGraphs
    from twinscore.neighbors.records import Neighbors
    from twinscore.scoring.further import FurtherFigures
    from twinscore.scoring.run import Run
    from twinscore.scoring.searched_pool import SearchedPool


def assess(real: Embeddings, synthetic: Embeddings, run: Run) -> ScoreResult:
    """Score synthetic embeddings against real ones.

    Parameters
    ----------
    real, synthetic
        Of one model. Groups are separate per side: equal names on both sides are two groups.
    run
        How, and whom to tell.

    Raises
    ------
    ValueError
        Where a side has fewer than two images (or groups), widths differ, k is too large, or
        the synthetic side lacks a column.
    """
    started = time.perf_counter()
    settings = run.settings
    k, seed, threads = settings.k, settings.seed, settings.search.threads
    check_columns(synthetic, settings.slice_by)
    searched = search_sides(real, synthetic, run)
    pool, neighbors = searched.pool, searched.neighbors
    found_at = time.perf_counter()

    pooled = graph_of(neighbors, k)
    is_real = pool.unit_is_real
    reader = richness_reader(searched, run)
    graphs = unit_graphs(searched, run, reader.on_draw)
    score = directed_score(graphs.graph, ~is_real)
    interval = find_interval(
        settings.interval,
        pool,
        graphs,
        seed=seed,
        search=settings.search,
        progress=run.stage("Scoring subsamples"),
    )
    moments = null_moments(graphs.exchangeable, int(np.count_nonzero(~is_real)))
    tests = relabelling_tests(
        graphs, is_real, seed=seed, threads=threads, progress=run.stage("Permuting labels")
    )
    judging = run.stage("Training a judge")
    judging(0, 1)
    judgement = judge_pool(pool, seed=seed)
    judging(1, 1)
    alike = look_alikes(searched, real, synthetic, run)
    transfer = _transfer(pool, (real, synthetic), run)
    intended = _intended(searched, (real, synthetic), run)
    of_images = reader.found(searched, (real, synthetic), run, intended)
    domain = None if intended is None else intended.figures
    if intended is not None and of_images is not None:
        of_images, domain = part_cells(of_images, intended)
    further = further_figures(searched, score, interval, run)
    balanced = further.balanced
    equal = balanced or sides_for_overlap(pool, k, seed=seed, search=settings.search)
    by_overlap = overlap_with_interval(score, interval, float(is_real.mean()), equal)
    shares = other_side_shares(pooled, pool.is_real)
    result = ScoreResult(
        score=score,
        interval=(interval.low, interval.high),
        interval_method=settings.interval,
        effective_size=min(interval.effective_size, float(np.count_nonzero(~is_real))),
        reverse_score=directed_score(graphs.graph, is_real),
        overlap=by_overlap[0],
        overlap_interval=by_overlap[1],
        score_balanced=None if balanced is None else balanced.score,
        score_half=further.half,
        balanced_spread=None if balanced is None else balanced.spread,
        bayes_error=_bayes_error(balanced, judgement.judge),
        distance_ratio=further.distance_ratio,
        profile=_profile(graphs, further),
        slices=tuple(_slices(graphs, pool, (real, synthetic), run)),
        transfer=transfer,
        control=further.control,
        confounds=tuple(find_confounds(real.facts or (), synthetic.facts or ())),
        compatibility=_published_score(pool, run) if settings.published else None,
        z=moments.z(directed_score(graphs.exchangeable, ~is_real)),
        p_value=tests.p_value,
        edge_count=tests.edge_count,
        spread=spread_of(pool, seed=seed),
        judge=judgement.judge,
        closeness=closeness_of(pool, seed=seed),
        null_interval=moments.interval,
        pooled_score=directed_score(pooled, ~pool.is_real, pool.groups),
        k=k,
        n_real=len(real.vectors),
        n_synthetic=len(synthetic.vectors),
        groups=_group_counts(is_real) if pool.groups is not None else None,
        expected_real_fraction=float(expected_shares(is_real)[~is_real].mean()),
        observed_real_fraction=float(other_side_shares(graphs.graph, is_real)[~is_real].mean()),
        hubness=hubness(pooled),
        ties=int(np.count_nonzero(np.diff(pooled.offsets) > k)),
        duplicates=int(np.count_nonzero(searched.nearest_real.distances == 0.0)),
        near_duplicates={
            **searched.duplicates.counts(pool.is_real),
            "across_p_value": searched.copies_p_value,
        },
        collapsed=settings.collapse_duplicates,
        suggested_group_by=alike.suggested_group_by,
        skipped={"real": real.skipped, "synthetic": synthetic.skipped},
        warnings=(),
        samples=samples_table(
            real,
            synthetic,
            neighbors,
            searched.nearest_real,
            ImageColumns(
                shares,
                judgement.synthetic,
                searched.duplicates,
                alike.kinds,
                of_images,
                None if intended is None else intended.names(),
            ),
        ),
        settings=settings,
        backend=settings.search.backend,
        model=real.model or synthetic.model,
        preprocessing=real.preprocessing or synthetic.preprocessing,
        seconds={"neighbors": found_at - started, "statistics": time.perf_counter() - found_at},
        seed=seed,
        version=__version__,
        domain=domain,
        audit=_audit(pool, neighbors, run),
        richness=reader.untold if of_images is None else of_images.richness,
    )
    notes = (
        *warnings_of(result, real, synthetic, settings.slice_by),
        *sampled_ties_notes(neighbors),
        *(() if result.domain is None else result.domain.notes),
    )
    return replace(result, warnings=notes)


def _bayes_error(balanced: BalancedScore | None, judge: Judge) -> tuple[float, float] | None:
    """Bracket the error of the best judge; that of the judge at hand is never below it."""
    if balanced is None or balanced.score > 1.0:
        return None
    high = min(bayes_error(balanced.interval.high)[1], 1.0 - judge.accuracy)
    return min(bayes_error(balanced.interval.low)[0], high), high


def _transfer(pool: Pool, sides: tuple[Embeddings, Embeddings], run: Run) -> Transfer | None:
    settings = run.settings
    if settings.label_by is None:
        return None
    return transfer_of(
        pool,
        [label for side in sides for label in side.columns[settings.label_by]],
        k=settings.k,
        search=settings.search,
        progress=run.stage("Comparing classes"),
    )


def _profile(
    graphs: PoolGraphs, further: FurtherFigures
) -> dict[str, list[dict[str, float | int]]]:
    return {
        "k": [
            {"k": count, "score": scores[0], "reverse_score": scores[1]}
            for count, scores in graphs.profile.items()
        ],
        "space": [{"axes": axes, "score": value} for axes, value in further.space],
    }


def _published_score(pool: Pool, run: Run) -> NotebookScore:
    return notebook_score(
        pool,
        seed=run.settings.seed,
        search=run.settings.search,
        progress=run.stage("Drawing UMAP maps"),
    )


def _audit(pool: Pool, neighbors: Neighbors, run: Run) -> dict[str, Any] | None:
    if is_exact(run.settings.search.backend):
        return None
    return audit_search(
        neighbors,
        pool,
        run.settings.k,
        seed=run.settings.seed,
        threads=run.settings.search.threads,
        progress=run.stage("Checking against exact neighbors"),
    ).to_dict()


def _intended(
    searched: SearchedPool, sides: tuple[Embeddings, Embeddings], run: Run
) -> IntendedImages | None:
    domain = run.settings.domain
    if domain is None:
        return None
    wanted = {*domain.columns, *(condition.column for condition in domain.conditions)}
    return assess_intentionality(
        domain,
        searched.pool,
        {name: slice_values(name, sides) for name in wanted},
        lists=searched.lists,
        seed=run.settings.seed,
        search=run.settings.search,
        progress=run.stage("Permuting labels within cells"),
    )


def _slices(
    graphs: PoolGraphs, pool: Pool, sides: tuple[Embeddings, Embeddings], run: Run
) -> list[SliceScore]:
    slices = []
    for column in run.settings.slice_by:
        values = unit_values(slice_values(column, sides), pool.units)
        parts = score_slices(
            graphs,
            pool.unit_is_real,
            column,
            values,
            seed=run.settings.seed,
            progress=run.stage(f"Scoring slices by {column}"),
        )
        slices += with_facts(parts, values, pool, sides)
    return slices


def _group_counts(is_real: BoolArray) -> dict[str, int]:
    real = int(np.count_nonzero(is_real))
    return {"real": real, "synthetic": len(is_real) - real}
