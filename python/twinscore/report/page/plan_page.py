"""plan.html: what to render next, with the photographs to render like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.report.page.document import check_page_packages, render_page, write_page
from twinscore.report.page.thumbnails import GALLERY_SIDE, Thumbnails
from twinscore.report.plan_words import why

if TYPE_CHECKING:
    import os

    from twinscore.planning.plan import Plan, Step
    from twinscore.scoring.scored_pool import ScoredPool

MOST_PICTURES = 200
"""Steps that are shown; all of them are in plan.csv."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step with its number, the reason in words, and a picture in base64 where there is one."""

    number: int
    step: Step
    why: str
    picture: str | None


def write_plan(
    plan: Plan,
    pool: ScoredPool,
    file: str | os.PathLike[str],
    *,
    command: str | None = None,
    threads: int | None = None,
) -> None:
    """Write a page that opens offline.

    Parameters
    ----------
    plan
        What to show.
    pool
        Leads to the photographs.
    file
        Written in the place of an older one.
    command
        The command line.
    threads
        None for all that the process may use.

    Raises
    ------
    MissingExtraError
        A package of the extra "report" is not installed.
    OSError
        The file cannot be written.
    """
    check_page_packages()
    steps = plan.steps[:MOST_PICTURES]
    rows = np.unique([step.row for step in steps if step.row is not None]).astype(np.int64)
    pictures = Thumbnails(pool, threads=threads).of_rows(rows, GALLERY_SIDE)
    page = render_page(
        "plan.html",
        {},
        draws=False,
        title=f"{plan.renders:,} {plan.things} to render next",
        plan=plan,
        steps=[
            ShownStep(
                number,
                step,
                why(step),
                None if step.row is None else pictures.get(step.row),
            )
            for number, step in enumerate(steps, start=1)
        ],
        more=len(plan.steps) - len(steps),
        command=command,
    )
    write_page(page, file)
