"""A tab for each view of annotated images: its figures, and what gives it away, in its scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.images.views.cuts import BoxDrawn, SquareAround, Surroundings, WholeImage
from twinscore.images.views.image_view import ImageView
from twinscore.report.figures import as_sure_as
from twinscore.report.page.thumbnails import GALLERY_SIDE, pictures_of
from twinscore.report.score_range import closeness_text
from twinscore.report.view_words import NAMES
from twinscore.scoring.scored_pool import contents_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.measures.slices import SliceScore
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.scored_pool import ScoredPool

MOST_SHOWN = 6
"""Pictures of each view."""


@dataclass(frozen=True, slots=True)
class PictureInScene:
    """A synthetic picture of a view beside the scene that it was cut out of.

    Attributes
    ----------
    name
        Of the picture.
    picture, scene
        WebP in base64; the scene, with a box around the object, is None where it is the picture.
    words
        How far it gives itself away.
    """

    name: str
    picture: str
    scene: str | None
    words: str


@dataclass(frozen=True, slots=True)
class ViewTab:
    """One view.

    Attributes
    ----------
    key, name
        Of the view.
    verdict, figures
        In words.
    shown
        What gives it away the most.
    slices
        Of its pictures, lowest scores first; none where the page shows them by themselves.
    counted
        What the slices count.
    """

    key: str
    name: str
    verdict: str
    figures: str
    shown: tuple[PictureInScene, ...]
    slices: tuple[SliceScore, ...] = ()
    counted: str = "Images"


def view_tabs(result: ScoreResult, *, threads: int | None = None) -> list[ViewTab]:
    """Return a tab for each view; none of a result without annotations.

    Parameters
    ----------
    result
        Of a run in this process.
    threads
        That encode pictures; None for all that the process may use.
    """
    views = {} if result.views is None else result.views.results
    return [
        ViewTab(
            name,
            NAMES[name],
            of_view.verdict,
            _figures(of_view),
            _shown(of_view, threads),
            () if of_view.slices == result.slices else of_view.slices,
            "Groups" if of_view.groups else "Images",
        )
        for name, of_view in views.items()
    ]


def _figures(result: ScoreResult) -> str:
    low, high = (as_sure_as(value, result.interval) for value in result.interval)
    said = f"Score {as_sure_as(result.score, result.interval)} ({low} to {high})"
    if result.closeness is not None:
        said += f", closeness {closeness_text(result.closeness)}"
    return said + "."


def _shown(result: ScoreResult, threads: int | None) -> tuple[PictureInScene, ...]:
    pool = result.pool
    if pool is None:
        return ()
    giveaways = result.samples["giveaway"].to_numpy(zero_copy_only=False)
    rows = np.argsort(-np.nan_to_num(giveaways, nan=-1.0), kind="stable")[:MOST_SHOWN]
    rows = rows[rows >= pool.n_real]
    pictures = pictures_of(_contents(pool, np.sort(rows)), GALLERY_SIDE, pool.exposure, threads)
    names = pool.names
    return tuple(
        PictureInScene(
            names[row],
            pictures[row, "picture"],
            pictures.get((row, "scene")),
            _words(float(giveaways[row])),
        )
        for row in rows.tolist()
        if (row, "picture") in pictures
    )


def _contents(pool: ScoredPool, rows: Any) -> Iterator[tuple[tuple[int, str], Any]]:
    """Yield the picture of each row, and the scene around it where that is another picture."""
    for row, content in contents_of(pool, rows):
        yield (row, "picture"), content
        if not isinstance(content, ImageView):
            continue
        if isinstance(content.cut, SquareAround):
            yield (row, "scene"), ImageView(content.content, BoxDrawn(content.cut.box))
        elif isinstance(content.cut, Surroundings):
            yield (row, "scene"), ImageView(content.content, WholeImage())


def _words(giveaway: float) -> str:
    if giveaway <= 1.0:
        return "passes: its nearest picture is real"
    if not np.isfinite(giveaway):
        return "has an equal synthetic picture"
    return f"{giveaway:.2f} times as far from a real picture as from another synthetic one"
