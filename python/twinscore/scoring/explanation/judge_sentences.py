"""What goes with the verdict of the judge, a sentence each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.judge_view import ALIKE, judge_clues
from twinscore.scoring.explanation.records import JudgeSees
from twinscore.scoring.explanation.wording import WORDINGS
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from twinscore.measures.judge_view import JudgeClue
    from twinscore.scoring.estimate import Estimate

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
    wanted = [name for name in pool.synthetic.columns if name in table.column_names]
    if ALIKE in table.column_names and ALIKE not in wanted:
        wanted.append(ALIKE)
    columns = {name: table[name].to_pylist() for name in wanted if name not in facts}
    clues = judge_clues(
        table["judge"].to_numpy(zero_copy_only=False), pool.points.units[rows], facts, columns
    )
    return tuple(
        JudgeSees(clue.kind, clue.name, clue.value, clue.strength, _sentence(clue))
        for clue in clues[:MOST]
    )


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
