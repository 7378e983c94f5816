"""Which way to a score: all images or a sample of them, and by which backend."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.neighbors.choice import AUTOMATIC, PATIENCE, choose_backend
from twinscore.neighbors.registry import check_available
from twinscore.scoring.all_images import assess
from twinscore.scoring.sample.assessment import assess_sample
from twinscore.scoring.sample.schedule import Goal

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.embedding.records import Embeddings
    from twinscore.neighbors.choice import Choice
    from twinscore.scoring.result import ScoreResult

    StageProgress = Callable[[str, int, int], None]

NOT_OF_A_SAMPLE = {
    "slice_by": (),
    "collapse_duplicates": False,
    "space": "embedding",
    "convention": "exact",
}
"""Options of `assess` that need the neighbors of every image, and their values when not in use."""

PRECISION = 0.01
"""What "auto" settles for where an exact search of all images takes too long."""


def check_way(
    backend: str, precision: float | None, budget: float | None, **options: Any
) -> Goal | None:
    """Refuse what cannot be done before any image is read; the parameters of `score_embeddings`.

    Returns
    -------
    When to stop sampling, or None to search all images.

    Raises
    ------
    ValueError
        For a precision or budget that is not above 0, a sample that is to be searched
        approximately or asked for what it cannot tell, and a backend that there is not.
    MissingExtraError
        Where the backend's package is not installed.
    """
    if backend != AUTOMATIC:
        check_available(backend)
    if precision is None and budget is None:
        return None
    goal = Goal(precision, budget)
    if backend not in ("exact", AUTOMATIC):
        raise ValueError(
            "expected the backend exact with a precision or budget, "
            f"got {backend!r}: a sample is searched exactly"
        )
    asked = _asked_of_all(options)
    if asked:
        raise ValueError(
            f"expected no {asked[0]} with a precision or budget: a sample says nothing of it"
        )
    return goal


def score_embeddings(
    real: Embeddings,
    synthetic: Embeddings,
    *,
    backend: str = "exact",
    precision: float | None = None,
    budget: float | None = None,
    k: int = 1,
    seed: int = 0,
    threads: int | None = None,
    progress: StageProgress | None = None,
    **options: Any,
) -> ScoreResult:
    """Score synthetic embeddings against real ones as fast as was asked for.

    Parameters
    ----------
    real, synthetic
        See `assess`.
    backend
        See `twinscore.self_knn`; "auto" chooses, and may settle for a sample of the images.
    precision, budget
        See `assess_sample`; None for both: all images.
    k, seed, threads, progress
        See `assess`.
    options
        Further options of `assess`.

    Raises
    ------
    ValueError
        As `assess` and `assess_sample`, and where a sample is to be searched approximately.
    """
    goal = check_way(backend, precision, budget, **options)
    choice = None
    if backend == AUTOMATIC and goal is None:
        choice = _choice(real, synthetic, k, threads)
        if _too_slow(choice) and not (_grouped(real, synthetic) or _asked_of_all(options)):
            goal = Goal(PRECISION)
            reason = f"{choice.reason}; a sample scored to ± {PRECISION:g} instead"
            choice = dataclasses.replace(choice, backend="exact", reason=reason)
        backend = choice.backend
    if goal is not None:
        result = assess_sample(
            real, synthetic, goal, k=k, seed=seed, threads=threads, progress=progress
        )
    else:
        result = assess(
            real,
            synthetic,
            k=k,
            seed=seed,
            threads=threads,
            backend=backend,
            progress=progress,
            **options,
        )
    return result if choice is None else dataclasses.replace(result, choice=choice.reason)


def _asked_of_all(options: dict[str, Any]) -> list[str]:
    """Name what is wanted that only a search of all images can tell."""
    return [
        name
        for name, unused in NOT_OF_A_SAMPLE.items()
        if options.get(name) and options[name] != unused
    ]


def _too_slow(choice: Choice) -> bool:
    return choice.seconds > PATIENCE and not choice.backend.startswith("torch")


def _grouped(real: Embeddings, synthetic: Embeddings) -> bool:
    return real.groups is not None or synthetic.groups is not None


def _choice(real: Embeddings, synthetic: Embeddings, k: int, threads: int | None) -> Choice:
    pool = np.concatenate([real.vectors, synthetic.vectors])
    return choose_backend(pool, k, threads or 0, grouped=_grouped(real, synthetic))
