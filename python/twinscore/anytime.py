"""The score of a pool too large to search: exact neighbors of a random sample of its images."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.confounds import find_confounds
from twinscore.pool import pool_of
from twinscore.query_sample import QuerySample
from twinscore.result import ScoreResult
from twinscore.sampling_schedule import Goal, first_step, next_step
from twinscore.scoring import overlap
from twinscore.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from twinscore.query_sample import Look
    from twinscore.records import Embeddings

    StageProgress = Callable[[str, int, int], None]

_log = logging.getLogger(__name__)


class OutOfTimeError(Exception):
    """The budget ended in the middle of a step."""


def assess_sample(
    real: Embeddings,
    synthetic: Embeddings,
    goal: Goal,
    *,
    k: int = 1,
    seed: int = 0,
    threads: int | None = None,
    progress: StageProgress | None = None,
) -> ScoreResult:
    """Score a random sample of the synthetic images against the whole pool.

    The neighbors of each sampled image are exact; the interval holds the score of all images for
    95 % of the seeds. What needs the neighbors of every image (the other direction, p-value,
    range of a perfect twin, hubness) is NaN.

    Parameters
    ----------
    real, synthetic
        Of one model, without groups.
    goal
        When to stop. One step at least is finished, whatever the budget.
    k
        Neighbors per image.
    seed
        Of the order in which images are drawn. With a precision alone the result depends on it and
        on the data; with a budget also on the speed of the machine.
    threads
        None for all that the process may use.
    progress
        Called now and then with (stage, done, total); the stage tells the score so far.

    Raises
    ------
    ValueError
        As `assess`, and for groups.
    """
    started = time.perf_counter()
    pool = pool_of(real, synthetic, k)
    if pool.groups is not None:
        raise ValueError(
            "expected images without groups, got groups: precision and budget (--precision, "
            "--budget) sample single images; leave them out to score groups"
        )
    random = np.random.default_rng(seed)
    order = random.permutation(np.flatnonzero(~pool.is_real))
    sample = QuerySample(pool.vectors, pool.is_real, k, threads, order)
    looks = _grown(sample, goal, started, random, progress)
    return _result(real, synthetic, sample, looks, goal, seed)


def _grown(
    sample: QuerySample,
    goal: Goal,
    started: float,
    random: np.random.Generator,
    progress: StageProgress | None,
) -> list[Look]:
    """Extend the sample step by step until the goal is met or all images are in it."""
    looks: list[Look] = []
    step = first_step(sample, goal, random)
    while step:
        stage = _described(looks[-1]) if looks else "Sampling images"

        def report(done: int, total: int, stage: str = stage) -> None:
            late = goal.budget is not None and time.perf_counter() - started > goal.budget
            if looks and late:
                raise OutOfTimeError
            if progress is not None:
                progress(stage, done, total)

        try:
            sample.extend(step, report)
        except OutOfTimeError:
            break
        looks.append(sample.look(time.perf_counter() - started))
        _log.info("%s", _described(looks[-1]))
        step = next_step(sample, goal, looks)
    if progress is not None:
        progress(_described(looks[-1]), 1, 1)
    return looks


def _described(look: Look) -> str:
    return f"Score {look.score:.3f} ± {look.half_width:.3f} after {look.queries:,} images"


def _result(
    real: Embeddings,
    synthetic: Embeddings,
    sample: QuerySample,
    looks: list[Look],
    goal: Goal,
    seed: int,
) -> ScoreResult:
    last, unknown = looks[-1], math.nan
    nearest = np.concatenate([found.ids[:, 0] for found in sample.found])
    distances = np.concatenate([found.distances[:, 0] for found in sample.found])
    overflow = np.concatenate([np.diff(found.tie_offsets) for found in sample.found])
    duplicates = int(np.count_nonzero((distances == 0.0) & sample.is_real[nearest]))
    n_synthetic = len(synthetic.vectors)
    return ScoreResult(
        score=last.score,
        interval=(unknown, unknown),
        interval_method="none",
        effective_size=unknown,
        reverse_score=unknown,
        overlap=overlap(last.score, float(sample.is_real.mean())),
        overlap_interval=(unknown, unknown),
        score_balanced=None,
        balanced_spread=None,
        bayes_error=None,
        distance_ratio=None,
        profile={"k": [], "space": []},
        control=None,
        slices=(),
        compatibility=None,
        confounds=tuple(find_confounds(real.facts or (), synthetic.facts or ())),
        z=unknown,
        p_value=unknown,
        null_interval=(unknown, unknown),
        pooled_score=last.score,
        k=sample.k,
        n_real=len(real.vectors),
        n_synthetic=n_synthetic,
        groups=None,
        expected_real_fraction=sample.expected_share,
        observed_real_fraction=float(sample.shares.mean()),
        hubness={"variance": unknown, "maximum": unknown, "orphans": unknown},
        ties=int(np.count_nonzero(overflow)),
        duplicates=duplicates,
        near_duplicates=dict.fromkeys(("threshold", "real", "synthetic", "across"), unknown),
        collapsed=False,
        skipped={"real": real.skipped, "synthetic": synthetic.skipped},
        warnings=tuple(_warnings(last, goal, n_synthetic, duplicates)),
        samples=_samples_table(real, synthetic, sample, nearest, np.sqrt(distances)),
        backend="exact",
        model=real.model or synthetic.model,
        preprocessing=real.preprocessing or synthetic.preprocessing,
        seconds={"neighbors": last.seconds, "statistics": 0.0},
        seed=seed,
        version=__version__,
        sampling=_sampling(looks, goal, n_synthetic),
    )


def _sampling(looks: list[Look], goal: Goal, images: int) -> dict[str, Any]:
    """Describe the sample: the value of `ScoreResult.sampling`."""
    last = looks[-1]
    return {
        "queries": last.queries,
        "of": images,
        "interval": list(last.interval),
        "precision": goal.precision,
        "budget": goal.budget,
        "looks": [
            {
                "queries": look.queries,
                "score": look.score,
                "interval": list(look.interval),
                "seconds": look.seconds,
            }
            for look in looks
        ],
    }


def _warnings(last: Look, goal: Goal, images: int, duplicates: int) -> list[str]:
    warnings = []
    if goal.precision is not None and last.half_width > goal.precision and last.queries < images:
        warnings.append(
            f"time ran out at ± {last.half_width:.3f} after {last.queries:,} of {images:,} "
            f"synthetic images, short of ± {goal.precision:g}"
        )
    if duplicates:
        warnings.append(
            f"{duplicates:,} of the {last.queries:,} images sampled have exactly the embedding "
            "of a real one: copies raise the score"
        )
    return warnings


def _samples_table(
    real: Embeddings, synthetic: Embeddings, sample: QuerySample, nearest: Any, distance: Any
) -> pa.Table:
    """Build the table of `ScoreResult.samples` with a row per sampled image.

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
