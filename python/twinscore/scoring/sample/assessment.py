"""The score of a pool too large to search: exact neighbors of a random sample of its images."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore._version import __version__
from twinscore.graph.pool import Pool, pool_of
from twinscore.graph.score import overlap
from twinscore.measures.closeness import closeness_of
from twinscore.measures.confounds import find_confounds
from twinscore.measures.judge import judge_pool
from twinscore.scoring.early_checks import NO_GROUPS
from twinscore.scoring.notes import evidence_notes, passed_over_notes
from twinscore.scoring.result import SampledResult
from twinscore.scoring.sample.queries import QuerySample
from twinscore.scoring.sample.schedule import FEWEST_QUERIES, grow

if TYPE_CHECKING:
    import pyarrow as pa

    from twinscore.base.arrays import Float64Array
    from twinscore.embedding.records import Embeddings
    from twinscore.measures.judge import Judge
    from twinscore.scoring.run import Run
    from twinscore.scoring.sample.schedule import Growth
    from twinscore.scoring.settings import SampleGoal, ScoreSettings

MOST_JUDGED = 50_000
"""Images per side that the judge looks at."""


def assess_sample(real: Embeddings, synthetic: Embeddings, run: Run) -> SampledResult:
    """Score a random sample of the synthetic images against the whole pool.

    The neighbors of each sampled image are exact; the interval holds the score of all images for
    95 % of the seeds. With a precision alone the result depends on the seed and on the data; with a
    budget also on the speed of the machine.

    Parameters
    ----------
    real, synthetic
        Of one model, without groups.
    run
        Its goal says when to stop. One step at least is finished, whatever the budget. Ctrl-C stops
        as well: the result is then that of the images searched by then, and says so. The stage
        that is reported tells the score so far.

    Raises
    ------
    ValueError
        As `assess`, and for groups.
    KeyboardInterrupt
        Where Ctrl-C comes before any image was searched.
    """
    started = time.perf_counter()
    settings = run.settings
    assert settings.sample is not None
    pool = pool_of(real, synthetic, settings.k)
    if pool.groups is not None:
        raise ValueError(NO_GROUPS)
    sample = QuerySample.drawn_from(
        pool, settings.k, seed=settings.seed, threads=settings.search.threads
    )
    growth = grow(sample, settings.sample, run.progress, started=started)
    return _result(real, synthetic, sample, growth, settings)


def _judged(sample: QuerySample, seed: int) -> tuple[Judge, Float64Array]:
    """Judge the images sampled, and as many random real ones.

    Returns
    -------
    The judge, and the probability of being synthetic of each image sampled; NaN beyond
    `MOST_JUDGED`.
    """
    synthetic = sample.rows[:MOST_JUDGED]
    real = np.flatnonzero(sample.is_real)
    count = min(len(real), max(len(synthetic), FEWEST_QUERIES))
    chosen = np.sort(np.random.default_rng(seed).permutation(real)[:count])
    pool = Pool(
        sample.vectors[np.concatenate([chosen, synthetic])],
        np.arange(count + len(synthetic)) < count,
        None,
    )
    found = judge_pool(pool, seed=seed)
    certainty = np.full(len(sample.rows), np.nan)
    certainty[: len(synthetic)] = found.synthetic[count:]
    return found.judge, certainty


def _result(
    real: Embeddings,
    synthetic: Embeddings,
    sample: QuerySample,
    growth: Growth,
    settings: ScoreSettings,
) -> SampledResult:
    assert settings.sample is not None
    last = growth.looks[-1]
    nearest = np.concatenate([found.ids[:, 0] for found in sample.found])
    distances = np.concatenate([found.distances[:, 0] for found in sample.found])
    overflow = np.concatenate([found.further for found in sample.found])
    duplicates = int(np.count_nonzero((distances == 0.0) & sample.is_real[nearest]))
    n_synthetic = len(synthetic.vectors)
    judge, certainty = _judged(sample, settings.seed)
    result = SampledResult(
        judge=judge,
        closeness=closeness_of(Pool(sample.vectors, sample.is_real, None), seed=settings.seed),
        score=last.score,
        overlap=overlap(last.score, float(sample.is_real.mean())),
        k=sample.k,
        n_real=len(real.vectors),
        n_synthetic=n_synthetic,
        expected_real_fraction=sample.expected_share,
        observed_real_fraction=float(sample.shares.mean()),
        ties=int(np.count_nonzero(overflow)),
        duplicates=duplicates,
        confounds=tuple(find_confounds(real.facts or (), synthetic.facts or ())),
        skipped={"real": real.skipped, "synthetic": synthetic.skipped},
        warnings=(
            *_warnings(growth, settings.sample, n_synthetic, duplicates),
            *passed_over_notes(real, synthetic),
        ),
        samples=_samples_table(real, synthetic, sample, certainty, nearest, np.sqrt(distances)),
        settings=settings,
        backend="exact",
        model=real.model or synthetic.model,
        preprocessing=real.preprocessing or synthetic.preprocessing,
        seconds={"neighbors": last.seconds, "statistics": 0.0},
        seed=settings.seed,
        version=__version__,
        sampling={
            **_sampling(growth, settings.sample, n_synthetic),
            "shared_neighbors": sample.shared_neighbors,
        },
    )
    return replace(result, warnings=(*result.warnings, *evidence_notes(result.evidence)))


def _sampling(growth: Growth, goal: SampleGoal, images: int) -> dict[str, Any]:
    """Describe the sample: the value of `SampledResult.sampling`."""
    last = growth.looks[-1]
    return {
        "queries": last.queries,
        "of": images,
        "interval": list(last.interval),
        "precision": goal.precision,
        "budget": goal.budget,
        "interrupted": growth.interrupted,
        "looks": [
            {
                "queries": look.queries,
                "score": look.score,
                "interval": list(look.interval),
                "seconds": look.seconds,
            }
            for look in growth.looks
        ],
    }


def _warnings(growth: Growth, goal: SampleGoal, images: int, duplicates: int) -> list[str]:
    warnings = []
    last = growth.looks[-1]
    reached = f"± {last.half_width:.3f} after {last.queries:,} of {images:,} synthetic images"
    if growth.interrupted:
        warnings.append(f"stopped with Ctrl-C at {reached}")
    elif goal.precision is not None and last.half_width > goal.precision:
        warnings.append(f"time ran out at {reached}, short of ± {goal.precision:g}")
    if duplicates:
        warnings.append(
            f"{duplicates:,} of the {last.queries:,} images sampled have exactly the embedding "
            "of a real one: copies raise the score"
        )
    return warnings


def _samples_table(
    real: Embeddings,
    synthetic: Embeddings,
    sample: QuerySample,
    certainty: Float64Array,
    nearest: Any,
    distance: Any,
) -> pa.Table:
    """Build the table of `Estimate.samples` with a row per sampled image.

    The nearest real image of those whose nearest neighbor is synthetic was not looked for.
    """
    import pyarrow as pa

    names = pa.array([*real.names, *synthetic.names], pa.string())
    nearest_names = names.take(pa.array(nearest))
    is_real = pa.array(sample.is_real[nearest])
    return pa.table(
        {
            "side": pa.array(["synthetic"] * len(nearest), pa.string()),
            "name": names.take(pa.array(sample.rows)),
            "group": pa.nulls(len(nearest), pa.string()),
            "real_share": sample.shares,
            "judge": pa.array(certainty, from_pandas=True),
            "alike": pa.nulls(len(nearest), pa.string()),
            "nearest": nearest_names,
            "nearest_side": pa.array(np.where(sample.is_real[nearest], "real", "synthetic")),
            "nearest_distance": distance,
            "nearest_real": _where(is_real, nearest_names),
            "nearest_real_distance": _where(is_real, pa.array(distance)),
            "giveaway": _where(is_real, pa.array(np.ones(len(nearest)))),
        }
    )


def _where(condition: Any, values: Any) -> Any:
    import pyarrow as pa
    from pyarrow import compute

    return compute.if_else(condition, values, pa.nulls(len(values), values.type))
