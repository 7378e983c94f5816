"""From a result to what would mend it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.counts import checked_count
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.fact_gaps import fact_gaps
from twinscore.scoring.explanation.effort import Effort, images_allowed
from twinscore.scoring.explanation.judge_sentences import judge_sees
from twinscore.scoring.explanation.sample import FEWEST, decoded_megapixels, draw_sample
from twinscore.scoring.explanation.search import RepairSearch
from twinscore.scoring.explanation.summary import summarized
from twinscore.scoring.samples_table import known_pixel_facts

if TYPE_CHECKING:
    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.measures.fact_gaps import FactGap
    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.explanation.records import Explanation
    from twinscore.scoring.scored_pool import ScoredPool

MOST_REPAIRS = 4

IMAGES = 500
"""Of each side; so many suffice to rank repairs."""


def explain(
    result: Estimate,
    *,
    images: int = IMAGES,
    embedder: ImageEmbedder | None = None,
    seconds: float | None = None,
    most_repairs: int = MOST_REPAIRS,
    most_embedded: int | None = None,
    progress: StageProgress | None = None,
) -> Explanation:
    """Tell what to fix first: in which facts of their images the sides differ, and what it costs.

    For each fact beyond chance, one side of a sample is altered until both are alike in it, and
    scored again; the best repair stays, and the next is tried on top. What only makes unlike
    photographs pass for each other is no repair.

    Parameters
    ----------
    result
        Of images, in this process: its ``pool`` leads to them.
    images
        Of each side to try repairs on, at most.
    embedder
        That made the result, where it is open; None: it is opened.
    seconds
        Nothing new is begun after so many; None: until nothing gains.
    most_repairs
        After so many nothing more is tried.
    most_embedded
        The work of embedding so many images is done at most, altering them included; None: of 1.8
        for each that was scored, or 600.
    progress
        Called now and then with (stage, done, total).

    Returns
    -------
    Explanation
        Ctrl-C ends it with what is known by then.

    Raises
    ------
    ValueError
        A side came as embeddings whose images are not to be found, `images` is too small, or the
        model is another one than that of the result.

    Examples
    --------
    >>> import twinscore as ts
    >>> result = ts.score("photos/", "renders/")  # doctest: +SKIP
    >>> ts.explain(result).repairs[0].sentence  # doctest: +SKIP
    """
    started = time.monotonic()
    checked_count(images, "images", least=FEWEST)
    pool = result.pool
    if pool is None:
        raise ValueError(
            "expected a result with the images behind it, got one without: explain it where it was "
            "scored, or score again"
        )
    network = result.settings.images.open_embedder(None) if embedder is None else embedder
    if result.model is not None and network.fingerprint != result.model:
        raise ValueError(
            f"expected the model of the result, {result.model}, got {network.fingerprint}"
        )
    sample = draw_sample(pool, images, network, result.seed)
    search = RepairSearch(
        sample,
        network,
        result.settings,
        Effort(
            images_allowed(len(pool)) if most_embedded is None else most_embedded,
            decoded_megapixels(sample, network.preprocessing),
        ),
        most_rounds=most_repairs,
        progress=progress,
        deadline=None if seconds is None else started + seconds,
    )
    findings = search.run()
    whole = known_gaps(pool) or findings.gaps
    counts = int(np.count_nonzero(sample.is_real)), int(np.count_nonzero(~sample.is_real))
    return replace(summarized(findings, whole, counts), judge=judge_sees(result))


def known_gaps(pool: ScoredPool) -> tuple[FactGap, ...]:
    """Compare the facts of all images of a pool; nothing where they are not known."""
    values = np.concatenate([known_pixel_facts(pool.real), known_pixel_facts(pool.synthetic)])
    points = pool.points
    return fact_gaps(FACT_NAMES, values, points.is_real, points.units)
