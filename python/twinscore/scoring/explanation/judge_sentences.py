"""What goes with the verdict of the judge, a sentence each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.judge_view import judge_clues
from twinscore.measures.kinds import kinds_of
from twinscore.scoring.explanation.records import JudgeSees
from twinscore.scoring.explanation.wording import WORDINGS
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    import pyarrow as pa

    from twinscore.measures.judge_view import JudgeClue
    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.scored_pool import ScoredPool

MOST = 8
"""Sentences; what goes with the verdict less is left out."""


def judge_sees(result: Estimate) -> tuple[JudgeSees, ...]:
    """Say which synthetic images the judge takes for such, the strongest clue first.

    Parameters
    ----------
    result
        With its pool and a row of samples for each image; of others nothing is said, nor where
        the judge guesses.
    """
    pool, samples = result.pool, result.samples
    if pool is None or len(samples) != len(pool) or result.judge.p_value > SIGNIFICANT:
        return ()
    rows = np.arange(pool.n_real, len(pool))
    table = samples.slice(pool.n_real)
    facts = {
        name: table[name].to_numpy(zero_copy_only=False)
        for name in FACT_NAMES
        if pool.synthetic.pixel_facts is not None
    }
    clues = judge_clues(
        table["judge"].to_numpy(zero_copy_only=False),
        pool.points.units[rows],
        facts,
        pool.synthetic.columns,
        _kinds(result, pool, table),
    )
    return tuple(
        JudgeSees(clue.kind, clue.name, clue.value, clue.strength, _sentence(clue))
        for clue in clues[:MOST]
    )


def _kinds(result: Estimate, pool: ScoredPool, table: pa.Table) -> list[str | None]:
    """Name the image that each synthetic one is like; looked for here where nobody did."""
    known: list[str | None] = table["kind"].to_pylist()
    if any(name is not None for name in known):
        return known
    vectors = pool.synthetic.vectors
    apart = np.arange(len(vectors), dtype=np.int64)
    kinds = kinds_of(vectors, apart, seed=result.seed, search=result.settings.search)
    return [pool.synthetic.names[row] for row in kinds.tolist()]


def _sentence(clue: JudgeClue) -> str:
    if clue.kind == "fact":
        wording = WORDINGS[clue.name]
        what = wording.more if clue.strength > 0.0 else wording.less
        # Of a rank correlation, the share of pairs in the same order (bivariate normal).
        pairs = 0.5 + math.asin(min(abs(clue.strength), 1.0)) / math.pi
        return (
            f"Of two renders, the one that is {what} looks more like a render to the judge in "
            f"{100.0 * pairs:.0f} of 100 cases."
        )
    pairs = 0.5 + 0.5 * abs(clue.strength)
    more = "more" if clue.strength > 0.0 else "less"
    which = (
        f"Renders like {clue.value}"
        if clue.kind == "alike"
        else f"Renders of {clue.name} {clue.value}"
    )
    return (
        f"{which} ({clue.images:,} images) look {more} like renders to the judge than others do, "
        f"in {100.0 * pairs:.0f} of 100 cases."
    )
