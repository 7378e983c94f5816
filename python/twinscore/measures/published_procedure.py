"""The procedure that the authors of the score published, beside ours and never in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from twinscore.base.errors import SettingError
from twinscore.base.extras import check_installed, require
from twinscore.graph.intervals import wilson_interval
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, FloatMatrix, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.pool import Pool

Space = Literal["embedding", "umap2d"]
Convention = Literal["exact", "notebook"]

MAP_NEIGHBORS = 15
MAP_DISTANCE = 0.1
MAPS = 5

_PURPOSE = "space='umap2d'"


@dataclass(frozen=True, slots=True)
class NotebookScore:
    """The score of a two-dimensional UMAP map, by the conventions of the published notebook.

    Attributes
    ----------
    score, spread
        Mean and standard deviation over maps that differ in their seed alone.
    scores
        Of each map.
    interval
        Mean ends of Wilson's interval, which takes images for independent and the map for given.
    """

    score: float
    spread: float
    scores: tuple[float, ...]
    interval: tuple[float, float]


def published_asked(space: str, convention: str) -> bool:
    """Tell whether the published procedure is asked for.

    Raises
    ------
    ValueError
        For anything but the two ways there are.
    """
    ways = {("embedding", "exact"): False, ("umap2d", "notebook"): True}
    if (space, convention) not in ways:
        raise SettingError(
            "expected space='embedding' with convention='exact', or space='umap2d' with "
            f"convention='notebook', got space={space!r} with convention={convention!r}"
        )
    return ways[space, convention]


def check_procedure_packages() -> None:
    """Make sure that the procedure can be followed.

    Raises
    ------
    MissingExtraError
        Without umap-learn.
    """
    check_installed("umap", extra="umap", purpose=_PURPOSE)


def notebook_score(
    pool: Pool,
    *,
    seed: int,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> NotebookScore:
    """Score maps of the pool as the published notebook does.

    UMAP to two dimensions; the second hit of every synthetic point is its neighbor, be the first
    itself or a duplicate; chance is n_r / N; groups are not looked at.

    Parameters
    ----------
    pool
        Both sides.
    seed
        Of the first map; each further map takes the next.
    search
        Backend and threads.
    progress
        Called with (maps done, maps).
    """
    scores, lows, highs = [], [], []
    for number in range(MAPS):
        share = second_hit_share(_map(pool.vectors, seed + number), pool.is_real, search)
        expected = float(pool.is_real.mean())
        low, high = wilson_interval(share, float(np.count_nonzero(~pool.is_real)))
        scores.append(share / expected)
        lows.append(low / expected)
        highs.append(high / expected)
        if progress is not None:
            progress(number + 1, MAPS)
    return NotebookScore(
        float(np.mean(scores)),
        float(np.std(scores)),
        tuple(scores),
        (float(np.mean(lows)), float(np.mean(highs))),
    )


def second_hit_share(places: FloatMatrix, is_real: BoolArray, search: SearchSettings) -> float:
    """Share of real points among the second hits of the synthetic ones, themselves included."""
    second = search.knn(places[~is_real], places, 2).ids[:, 1]
    return float(is_real[second].mean())


def _map(vectors: PointMatrix, seed: int) -> FloatMatrix:
    model = _umap().UMAP(
        n_components=2,
        n_neighbors=min(MAP_NEIGHBORS, len(vectors) - 1),
        min_dist=MAP_DISTANCE,
        random_state=seed,
        n_jobs=1,
    )
    return np.ascontiguousarray(model.fit_transform(vectors), dtype=np.float32)


def _umap() -> Any:
    return require("umap", extra="umap", purpose=_PURPOSE)
