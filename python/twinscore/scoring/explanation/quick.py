"""The quick form of an explanation, beside a score: within a share of the run's time."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, TypeVar

from twinscore.base.logs import logger_of
from twinscore.scoring.explanation.explain import explain, known_gaps
from twinscore.scoring.explanation.judge_sentences import judge_sees
from twinscore.scoring.explanation.records import Explanation
from twinscore.scoring.explanation.summary import untried

if TYPE_CHECKING:
    from twinscore.base.progress import StageProgress
    from twinscore.measures.fact_gaps import FactGap
    from twinscore.scoring.estimate import Estimate

Result = TypeVar("Result", bound="Estimate")

_logger = logger_of(__name__)

FURTHER = "Whether more repairs gain more on top, twinscore explain tells."

SHARE = 0.25
"""Of the time that the run took."""

FEWEST = 60
"""Images a side below which nothing would be sure: then the facts are compared and no more."""

MOST = 250
"""Images a side that suffice for the first repair."""

PER_IMAGE = 0.4
"""Images that can be embedded again for each that was scored, statistics being part of a run."""

SIDES_EMBEDDED = 3.0
"""Times that the images of one side are embedded, about, to try several repairs and keep one."""

CALIBRATION = 100
"""Images that could be embedded in the time in which strengths are found."""

TRIED = 0.6
"""Share of the time after which no further repair is begun: keeping one takes the rest."""


def explained_quickly(
    result: Result, *, threads: int | None = None, progress: StageProgress | None = None
) -> Result:
    """Add an explanation to a result, in a quarter of the time that it took.

    Where that does not suffice for repairs, or images are not to be had, the facts of both sides
    are compared; where these are not known, the result comes back as it is.

    Parameters
    ----------
    result
        Of this process.
    threads
        See `score`.
    progress
        Called with (stage, done, total).
    """
    started = time.monotonic()
    pool = result.pool
    if pool is None:
        return result
    gaps = known_gaps(pool)
    if not gaps:
        return result
    images = _affordable(result)
    if set(pool.sources) == {"real", "synthetic"} and images >= FEWEST and _differ(gaps):
        try:
            embedder = result.settings.images.open_embedder(threads)
            found = explain(
                result,
                images=images,
                embedder=embedder,
                seconds=TRIED * SHARE * sum(result.seconds.values()),
                most_repairs=1,
                progress=progress,
            )
        except (OSError, ValueError) as error:
            # The score is what was asked for: it does not fail for this.
            _logger.warning("repairs were not tried: %s", error)
        else:
            if found.repairs:
                found = dataclasses.replace(found, rest=FURTHER)
            return _with(result, found, started)
    facts_only = Explanation(
        repairs=(),
        harmless=(),
        facts=gaps,
        figures=None,
        images=(0, 0),
        rest=untried(gaps),
        interrupted=False,
        judge=judge_sees(result),
    )
    return _with(result, facts_only, started)


def _with(result: Result, explanation: Explanation, started: float) -> Result:
    seconds = {**result.seconds, "explanation": time.monotonic() - started}
    return dataclasses.replace(result, explanation=explanation, seconds=seconds)


def _differ(gaps: tuple[FactGap, ...]) -> bool:
    return any(gap.beyond_chance for gap in gaps)


def _affordable(result: Estimate) -> int:
    """Return how many images of each side to try on: by their number alone, not by the clock."""
    embedded = PER_IMAGE * (result.n_real + result.n_synthetic)
    return min(int((embedded - CALIBRATION) / SIDES_EMBEDDED), MOST)
