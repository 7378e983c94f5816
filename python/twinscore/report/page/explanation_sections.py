"""The section "What to fix first": bars of before and after, and images of both."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.images.facts.catalog import FACTS
from twinscore.report.page.document import check_page_packages, render_page, write_page
from twinscore.report.repair_pictures import repair_pictures

if TYPE_CHECKING:
    import os

    from PIL import Image

    from twinscore.scoring.explanation.records import Explanation
    from twinscore.scoring.scored_pool import ScoredPool

LONGER_SIDE = 360
QUALITY = 80
"""Of WebP: what is compared must not drown in compression."""


@dataclass(frozen=True, slots=True)
class ShownPair:
    """An image before and after, WebP in base64."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownRepair:
    """A repair with its images; scores as of `Repair`."""

    sentence: str
    before: float
    after: float
    altered: str
    pairs: tuple[ShownPair, ...]


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A row of the table of facts."""

    name: str
    unit: str
    meaning: str
    real: float
    synthetic: float
    separation: float
    beyond_chance: bool


@dataclass(frozen=True, slots=True)
class FixFirst:
    """What the section shows."""

    repairs: tuple[ShownRepair, ...]
    rest: str
    harmless: tuple[str, ...]
    judge: tuple[str, ...]
    facts: tuple[ShownFact, ...]


def fix_first_section(
    explanation: Explanation | None, pool: ScoredPool, *, seed: int
) -> FixFirst | None:
    """Gather what the section shows; None where nothing was explained.

    Parameters
    ----------
    explanation
        Of the result, or None.
    pool
        What was scored: leads to the images.
    seed
        Of the choice of images.
    """
    if explanation is None:
        return None
    pairs: dict[int, list[ShownPair]] = {}
    for picture in repair_pictures(explanation.repairs, pool, seed=seed):
        shown = ShownPair(picture.name, encoded(picture.before), encoded(picture.after))
        pairs.setdefault(picture.repair, []).append(shown)
    kinds = {fact.name: fact for fact in FACTS}
    return FixFirst(
        tuple(
            ShownRepair(
                repair.sentence,
                repair.before,
                repair.after,
                repair.altered,
                tuple(pairs.get(place, ())),
            )
            for place, repair in enumerate(explanation.repairs)
        ),
        explanation.rest,
        tuple(fact.sentence for fact in explanation.harmless),
        tuple(clue.sentence for clue in explanation.judge),
        tuple(
            ShownFact(
                gap.fact,
                kinds[gap.fact].unit,
                kinds[gap.fact].meaning,
                gap.real,
                gap.synthetic,
                gap.separation,
                gap.beyond_chance,
            )
            for gap in explanation.facts
        ),
    )


def write_explanation_page(
    explanation: Explanation,
    pool: ScoredPool,
    file: str | os.PathLike[str],
    *,
    title: str,
    seed: int,
) -> None:
    """Write a page of this section alone, which opens offline.

    Raises
    ------
    MissingExtraError
        A package of the extra "report" is not installed.
    OSError
        The file cannot be written.
    """
    check_page_packages()
    shown = fix_first_section(explanation, pool, seed=seed)
    write_page(render_page("explanation.html", {}, draws=False, title=title, shown=shown), file)


def encoded(image: Image.Image) -> str:
    """Return a small WebP of an image in base64."""
    small = image.copy()
    small.thumbnail((LONGER_SIDE, LONGER_SIDE))
    stream = io.BytesIO()
    small.save(stream, format="WEBP", quality=QUALITY, method=3)
    return base64.b64encode(stream.getvalue()).decode("ascii")
