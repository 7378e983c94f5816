"""Pictures that go with a result: who gives the twin away, beside whom, and the map."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.errors import MissingExtraError
from twinscore.integrations.loggers.entry import Picture
from twinscore.integrations.loggers.pairs import read_all, side_by_side
from twinscore.report.kinds import kinds_by_loss
from twinscore.scoring.result import ScoreResult
from twinscore.scoring.scored_pool import contents_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.scored_pool import ScoredPool
    from twinscore.streaming import StreamResult

PAIRS = 6
"""Pairs of images in an entry."""

MOST_ON_MAP = 50_000
"""Images of which a map is drawn."""


def pictures_of(result: Estimate | StreamResult) -> list[Picture]:
    """Make the pictures of a result that has its images at hand.

    Parameters
    ----------
    result
        Of all images, not read from disk; any other has none.

    Returns
    -------
    list of Picture
        Of each kind of look-alikes, the kind that costs most first, the image that gives most away
        beside the nearest real one; and the map, where matplotlib is installed.
    """
    if not isinstance(result, ScoreResult) or result.pool is None:
        return []
    return [*_kinds(result, result.pool), *_map(result, result.pool)]


def _kinds(result: ScoreResult, pool: ScoredPool) -> Iterator[Picture]:
    kinds = kinds_by_loss(result)[:PAIRS]
    row_of = {name: row for row, name in enumerate(pool.synthetic.names, pool.n_real)}
    real_row_of = {name: row for row, name in enumerate(pool.real.names)}
    pairs = [(row_of[kind.name], real_row_of[kind.nearest_real]) for kind in kinds]
    rows = np.unique(np.array(pairs, dtype=np.int64))
    images = read_all(contents_of(pool, rows), pool.exposure)
    for number, (kind, (row, beside)) in enumerate(zip(kinds, pairs, strict=True), start=1):
        if row in images:
            weight = f"{kind.weight}: " if kind.weight else ""
            caption = f"{weight}{kind.name} beside {kind.nearest_real}"
            picture = side_by_side(images[row], images.get(beside))
            yield Picture(f"pairs/{number}", caption, picture)


def _map(result: ScoreResult, pool: ScoredPool) -> Iterator[Picture]:
    from PIL import Image

    if len(pool) > MOST_ON_MAP:
        return
    drawn = io.BytesIO()
    with suppress(MissingExtraError):
        result.plot(method="pca").savefig(drawn, format="png", dpi=100)
        caption = "The points on their two longest principal axes"
        yield Picture("map", caption, Image.open(drawn).convert("RGB"))
