"""Small pictures of the images that a page shows, read again and encoded to fit a budget."""

from __future__ import annotations

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.base.threads import thread_count
from twinscore.images.decoding import pillow_warnings_silenced, read_image
from twinscore.images.sources.by_name import contents_by_name
from twinscore.scoring.scored_pool import contents_of

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence

    from PIL import Image

    from twinscore.base.arrays import IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.scoring.scored_pool import ScoredPool

GALLERY_SIDE = 224
"""Longer side in pixels of a picture in a gallery that has few pictures to choose from."""
GALLERY_SIDES = (400, 320, 256, 224)
"""The same on a page with a budget: the largest that fits is taken."""
GALLERY_BUDGET = 4_000_000
"""Bytes for all pictures of galleries, as base64."""
HOVER_SIDES = (192, 144, 96, 72, 56)
"""Longer sides on the map."""
HOVER_BUDGET = 6_000_000
"""Bytes for all pictures of the map, as base64."""
QUALITY = 72
EFFORT = 2
"""Of WebP: 3 takes twice the time for 4 % fewer bytes."""
TRIAL = 48
"""Pictures that are encoded to see what one costs."""
UNSEEN_COST = 10_000
"""Bytes that a picture is thought to cost where none of the sample could be read."""


class Thumbnails:
    """Makes pictures of rows of a pool.

    Parameters
    ----------
    pool
        Its sources are walked in order; an image of a side without one is looked for by its name.
    threads
        None for all that the process may use.
    """

    def __init__(self, pool: ScoredPool, *, threads: int | None = None) -> None:
        self._pool = pool
        self._threads = thread_count(threads)

    def of_rows(
        self, rows: IdArray, side: int, progress: ProgressCallback | None = None
    ) -> dict[int, str]:
        """Return a picture for each row whose image can be read.

        Parameters
        ----------
        rows
            Rows of the pool.
        side
            The longer side of a picture, in pixels; smaller images stay as they are.
        progress
            Called with (rows done, rows).

        Returns
        -------
        dict of int to str
            By row, a WebP picture in base64.
        """
        sides: dict[int, tuple[int, ...]] = dict.fromkeys(np.unique(rows).tolist(), (side,))
        pictures = self._pictures(sides, progress)
        return {row: of_row[side] for row, of_row in pictures.items()}

    def of_page(
        self,
        gallery_rows: IdArray,
        map_rows: IdArray,
        *,
        seed: int,
        progress: ProgressCallback | None = None,
    ) -> tuple[dict[int, str], dict[int, str]]:
        """Return the pictures of a page: those of galleries, and the smaller ones of the map.

        Sizes are chosen on a sample, so that both kinds stay within their budgets. Where even the
        smallest size does not fit, a random share of the images gets a picture. The images are
        walked through twice, however many sizes are tried: some cost a decoded clip.

        Parameters
        ----------
        gallery_rows, map_rows
            Rows of the pool; rows in galleries get no second picture for the map.
        seed
            Of the sample and the share.
        progress
            Called with (rows done, rows).
        """
        random = np.random.default_rng(seed)
        for_gallery = random.permutation(gallery_rows)
        for_map = random.permutation(np.setdiff1d(map_rows, gallery_rows))
        trial = self._pictures(
            {
                **dict.fromkeys(for_gallery[:TRIAL].tolist(), GALLERY_SIDES),
                **dict.fromkeys(for_map[:TRIAL].tolist(), HOVER_SIDES),
            }
        )
        gallery = _affordable(for_gallery, trial, GALLERY_SIDES, GALLERY_BUDGET)
        hover = _affordable(for_map, trial, HOVER_SIDES, HOVER_BUDGET)
        pictures = self._pictures({**gallery.sides(), **hover.sides()}, progress)
        large, small = (
            {row: pictures[row][plan.side] for row in plan.rows if row in pictures}
            for plan in (gallery, hover)
        )
        return large, small

    def _pictures(
        self, sides: dict[int, tuple[int, ...]], progress: ProgressCallback | None = None
    ) -> dict[int, dict[int, str]]:
        """Return by row and side, in pixels, the pictures of the images that can be read."""
        rows = np.array(sorted(sides), dtype=np.int64)
        exposure = self._pool.exposure
        jobs = ((row, content, sides[row]) for row, content in contents_of(self._pool, rows))
        return _encoded(jobs, exposure, self._threads, len(rows), progress)


@dataclass(frozen=True, slots=True)
class _Affordable:
    rows: list[int]
    side: int

    def sides(self) -> dict[int, tuple[int, ...]]:
        return dict.fromkeys(self.rows, (self.side,))


def _affordable(
    rows: IdArray, trial: dict[int, dict[int, str]], sides: tuple[int, ...], budget: int
) -> _Affordable:
    """Choose the largest size that fits the budget, else the smallest and fewer rows."""
    tried = [trial[row] for row in rows[:TRIAL].tolist() if row in trial]
    if not tried:
        return _Affordable(rows[: budget // UNSEEN_COST].tolist(), sides[-1])
    for side in sides:
        cost = sum(len(pictures[side]) for pictures in tried) / len(tried)
        if cost * len(rows) <= budget:
            break
    return _Affordable(rows[: int(budget / cost)].tolist(), side)


def name_pictures(names: Collection[str], side: int, threads: int | None) -> dict[str, str]:
    """Return a WebP picture in base64 for each name that leads to an image that can be read.

    Parameters
    ----------
    names
        Paths, or other names that sources give their images.
    side
        The longer side in pixels.
    threads
        None for all that the process may use.
    """
    jobs = ((name, content, (side,)) for name, content in contents_by_name(names))
    pictures = _encoded(jobs, 0.0, thread_count(threads), len(names), None)
    return {name: of_name[side] for name, of_name in pictures.items()}


def pictures_of(
    contents: Iterable[tuple[Any, Any]], side: int, exposure: float, threads: int | None
) -> dict[Any, str]:
    """Return a WebP picture in base64 for each (key, content) that can be read, by its key."""
    jobs = ((key, content, (side,)) for key, content in contents)
    pictures = _encoded(jobs, exposure, thread_count(threads), 0, None)
    return {key: of_key[side] for key, of_key in pictures.items()}


def _encoded(
    jobs: Iterable[tuple[Any, Any, tuple[int, ...]]],
    exposure: float,
    threads: int,
    total: int,
    progress: ProgressCallback | None,
) -> dict[Any, dict[int, str]]:
    """Encode (key, content, sides), a few at a time: contents may be whole images in memory."""
    pictures: dict[Hashable, dict[int, str]] = {}
    walk: Iterator[tuple[Any, Any, tuple[int, ...]]] = iter(jobs)
    done = 0
    with pillow_warnings_silenced(), ThreadPoolExecutor(threads) as workers:
        while batch := list(islice(walk, 8 * threads)):
            encoded = workers.map(lambda job: _sized(job[1], job[2], exposure), batch)
            for (key, _, _), of_key in zip(batch, encoded, strict=True):
                if of_key is not None:
                    pictures[key] = of_key
            done += len(batch)
            if progress is not None:
                progress(done, max(done, total))
    if progress is not None and done < total:
        progress(total, total)
    return pictures


def _sized(content: Any, sides: Sequence[int], exposure: float) -> dict[int, str] | None:
    """Encode an image at each size; None where it cannot be read."""
    try:
        image = _read_small(content, max(sides), exposure)
    except (UnreadableImageError, MissingExtraError):
        return None
    pictures = {}
    for side in sorted(sides, reverse=True):
        image.thumbnail((side, side))
        encoded = io.BytesIO()
        image.save(encoded, format="WEBP", quality=QUALITY, method=EFFORT)
        pictures[side] = base64.b64encode(encoded.getvalue()).decode("ascii")
    return pictures


def _read_small(content: Any, side: int, exposure: float) -> Image.Image:
    """Read an image at a size that is not below what is asked for, as embedding reads it.

    The returned image may be changed.
    """
    return read_image(content, shorter_side=side, exposure=exposure).copy()
