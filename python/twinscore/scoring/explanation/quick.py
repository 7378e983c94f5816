"""The quick form of an explanation, beside a score: within a share of the run's time."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, TypeVar

from twinscore.base.logs import logger_of
from twinscore.scoring.explanation.explain import explain, known_gaps
from twinscore.scoring.explanation.judge_sentences import judge_sees
from twinscore.scoring.explanation.records import Explanation
from twinscore.scoring.explanation.screening import control_images, screened_images
from twinscore.scoring.explanation.summary import untried

if TYPE_CHECKING:
    from twinscore.base.progress import StageProgress
    from twinscore.measures.fact_gaps import FactGap
    from twinscore.scoring.estimate import Estimate

Result = TypeVar("Result", bound="Estimate")

_logger = logger_of(__name__)

FURTHER = "Whether more repairs gain more on top, twinscore explain tells."
NONE_YET = (
    "Nothing that was tried beside the score would raise it; twinscore explain tries more, on more "
    "images."
)

SHARE = 0.25
"""Of the time that the run took."""

FEWEST = 60
"""Images a side below which nothing would be sure: then the facts are compared and no more."""

MOST = 250
"""Images a side that suffice for the first repair."""

ALLOWED = 0.23
"""Work for each image that was scored, in images that could be embedded meanwhile: statistics are a
part of a run."""

ALTERED = 1.3
"""Work for an image that is altered and embedded, of half a megapixel, over alterations."""

CALIBRATION = 15
"""Work to find a strength, over alterations."""

FEWEST_TRIED = 3
"""Facts that can be tried at least."""

TRIED = 0.6
"""Share of the time after which no further repair is begun: keeping one takes the rest."""


def explained_quickly(
    result: Result, *, threads: int | None = None, progress: StageProgress | None = None
) -> Result:
    """Add an explanation to a result, meant to take a quarter of its time at most.

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
    images = affordable_images(result)
    if set(pool.sources) == {"real", "synthetic"} and images >= FEWEST and _differ(gaps):
        try:
            embedder = result.settings.images.open_embedder(threads)
            found = explain(
                result,
                images=images,
                embedder=embedder,
                seconds=TRIED * SHARE * sum(result.seconds.values()),
                most_repairs=1,
                most_embedded=_allowed(result),
                progress=progress,
            )
        except (OSError, ValueError) as error:
            # The score is what was asked for: it does not fail for this.
            _logger.warning("repairs were not tried: %s", error)
        else:
            return _with(result, dataclasses.replace(found, rest=_rest(found)), started)
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


def _rest(found: Explanation) -> str:
    if found.repairs:
        return FURTHER
    is_gap_left = found.figures is not None and found.figures.interval[1] < 1.0
    return NONE_YET if is_gap_left else found.rest


def _with(result: Result, explanation: Explanation, started: float) -> Result:
    seconds = {**result.seconds, "explanation": time.monotonic() - started}
    return dataclasses.replace(result, explanation=explanation, seconds=seconds)


def _differ(gaps: tuple[FactGap, ...]) -> bool:
    return any(gap.beyond_chance for gap in gaps)


def _allowed(result: Estimate) -> int:
    return int(ALLOWED * (result.n_real + result.n_synthetic))


def affordable_images(result: Estimate) -> int:
    """Return how many images of each side to try on: by their number alone, not by the clock."""
    images = range(MOST, FEWEST - 1, -1)
    return next((count for count in images if _cost(count) <= _allowed(result)), 0)


def _cost(images: int) -> float:
    """Return the work of trying some facts on so many images of a side, and of scoring one."""
    screened = FEWEST_TRIED * screened_images(images)
    scored = images - screened_images(images) + control_images(images)
    return ALTERED * (screened + scored) + FEWEST_TRIED * CALIBRATION
