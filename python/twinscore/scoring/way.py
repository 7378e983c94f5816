"""Which way to a score: all images or a sample of them, and by which backend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.neighbors.choice import AUTOMATIC, PATIENCE, choose_backend
from twinscore.scoring.all_images import assess
from twinscore.scoring.run import Run
from twinscore.scoring.sample.assessment import assess_sample
from twinscore.scoring.settings import SampleGoal

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray, PointMatrix
    from twinscore.embedding.records import Embeddings
    from twinscore.neighbors.choice import Choice
    from twinscore.scoring.result import SampledResult, ScoreResult
    from twinscore.scoring.settings import ScoreSettings

PRECISION = 0.01
"""What "auto" settles for where an exact search of all images takes too long."""


def score_embeddings(
    real: Embeddings, synthetic: Embeddings, run: Run
) -> ScoreResult | SampledResult:
    """Score synthetic embeddings against real ones as fast as was asked for.

    Parameters
    ----------
    real, synthetic
        See `assess`.
    run
        Where its backend is "auto", one is chosen, or a sample of the images settled for.

    Raises
    ------
    ValueError
        As `assess` and `assess_sample`.
    """
    asked, reason = run.settings, None
    if asked.search.backend == AUTOMATIC and asked.sample is None:
        settings, reason = _chosen(real, synthetic, asked)
        run = Run(settings, run.progress)
    result: ScoreResult | SampledResult
    if run.settings.sample is not None:
        result = assess_sample(real, synthetic, run)
    else:
        result = assess(real, synthetic, run)
    return replace(result, settings=asked, choice=reason)


def _chosen(
    real: Embeddings, synthetic: Embeddings, asked: ScoreSettings
) -> tuple[ScoreSettings, str]:
    grouped = real.groups is not None or synthetic.groups is not None
    rows = _PoolRows(real.vectors, synthetic.vectors)
    choice = choose_backend(rows, asked.k, asked.search.threads or 0, grouped=grouped)
    if _is_too_slow(choice) and not (grouped or asked.asked_of_all_images):
        settings = replace(asked, sample=SampleGoal(PRECISION))
        return settings, f"{choice.reason}; a sample scored to ± {PRECISION:g} instead"
    search = replace(asked.search, backend=choice.backend)
    return replace(asked, search=search), choice.reason


def _is_too_slow(choice: Choice) -> bool:
    return choice.seconds > PATIENCE and not choice.backend.startswith("torch")


@dataclass(frozen=True, slots=True)
class _PoolRows:
    """The rows of both sides, of which those asked for are copied and no others."""

    real: PointMatrix
    synthetic: PointMatrix

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.real) + len(self.synthetic), self.real.shape[1]

    def __getitem__(self, rows: IdArray) -> PointMatrix:
        is_real = rows < len(self.real)
        picked = np.empty((len(rows), self.shape[1]), np.result_type(self.real, self.synthetic))
        picked[is_real] = self.real[rows[is_real]]
        picked[~is_real] = self.synthetic[rows[~is_real] - len(self.real)]
        return picked
