"""Images before and after a repair, for people to see what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.images.alterations.altered_image import AlteredImage
from twinscore.images.alterations.catalog import Step
from twinscore.images.decoding import read_image
from twinscore.scoring.scored_pool import contents_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL import Image

    from twinscore.scoring.explanation.records import Repair
    from twinscore.scoring.scored_pool import ScoredPool

REPAIRS_SHOWN = 3
PAIRS = 3
"""Images that each of them is shown on."""

SHORTER_SIDE = 512
"""Pixels at which images are altered; larger ones are reduced by powers of two."""


@dataclass(frozen=True, slots=True)
class RepairPicture:
    """One image without and with a repair.

    Attributes
    ----------
    repair
        Its place among the repairs, from 0.
    name
        Of the image.
    before, after
        With the repairs before it, and with this one on top.
    """

    repair: int
    name: str
    before: Image.Image
    after: Image.Image


def repair_pictures(
    repairs: Sequence[Repair], pool: ScoredPool, *, seed: int
) -> Iterator[RepairPicture]:
    """Show the strongest repairs on some images of the side that they alter.

    Parameters
    ----------
    repairs
        In order, each on top of those before.
    pool
        What was scored.
    seed
        Of the choice of images.

    Yields
    ------
    RepairPicture
        Images that can no longer be read are passed over.
    """
    steps: dict[str, tuple[Step, ...]] = {"real": (), "synthetic": ()}
    names = pool.names
    for place, repair in enumerate(repairs[:REPAIRS_SHOWN]):
        side = repair.altered
        before = steps[side]
        steps[side] = (*before, Step(repair.fact, repair.strength))
        for row, content in contents_of(pool, _chosen(pool, side, seed)):
            try:
                pictures = [
                    read_image(
                        AlteredImage(content, done, row),
                        shorter_side=SHORTER_SIDE,
                        exposure=pool.exposure,
                    )
                    for done in (before, steps[side])
                ]
            except (UnreadableImageError, MissingExtraError):
                continue
            yield RepairPicture(place, names[row], pictures[0], pictures[1])


def _chosen(pool: ScoredPool, side: str, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    start, end = (0, pool.n_real) if side == "real" else (pool.n_real, len(pool))
    random = np.random.default_rng(seed)
    return np.sort(random.permutation(np.arange(start, end, dtype=np.int64))[:PAIRS])
