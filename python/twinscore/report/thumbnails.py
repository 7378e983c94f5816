"""Small pictures of the images that a page shows, read again and encoded to fit a budget."""

from __future__ import annotations

import base64
import io
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from twinscore.images.decode import pillow_warnings_silenced, read_image
from twinscore.records import UnreadableImageError
from twinscore.scored_pool import scored_items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twinscore.records import IdArray, ProgressCallback
    from twinscore.scored_pool import ScoredPool

GALLERY_SIDE = 224
"""Longer side in pixels of a picture in a gallery."""
HOVER_SIDES = (192, 144, 96, 72, 56)
"""The same on the map: the largest that fits the budget is taken."""
HOVER_BUDGET = 6_500_000
"""Bytes for all pictures of the map, as base64."""
QUALITY = 72
TRIAL = 48
"""Pictures that are encoded to see what one costs."""


class Thumbnails:
    """Makes pictures of rows of a pool.

    Parameters
    ----------
    pool
        Its sources are walked in order; an image of a side without one is read from the path that
        is its name, if there is such a file.
    threads
        None for all that the process may use.
    """

    def __init__(self, pool: ScoredPool, *, threads: int | None = None) -> None:
        self._pool = pool
        self._threads = threads or os.cpu_count() or 1

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
        pictures: dict[int, str] = {}
        contents = self._contents(np.unique(rows))
        done = 0
        with pillow_warnings_silenced(), ThreadPoolExecutor(self._threads) as workers:
            # A few at a time: contents may be whole images in memory.
            while batch := list(islice(contents, 8 * self._threads)):
                encoded = workers.map(lambda item: _picture(item[1], side), batch)
                for (row, _), picture in zip(batch, encoded, strict=True):
                    if picture is not None:
                        pictures[row] = picture
                done += len(batch)
                if progress is not None:
                    progress(done, len(rows))
        return pictures

    def for_map(self, seed: int, progress: ProgressCallback | None = None) -> dict[int, str]:
        """Return pictures for as many rows as the budget allows: all, or a random share.

        The size is chosen on a sample. A share holds as much of each side as the pool does.
        """
        order = np.random.default_rng(seed).permutation(len(self._pool))
        for side in HOVER_SIDES:
            trial = self.of_rows(order[:TRIAL], side)
            if not trial:
                return {}
            cost = sum(map(len, trial.values())) / len(trial)
            if cost * len(order) <= HOVER_BUDGET:
                break
        affordable = order[: int(HOVER_BUDGET / cost)]
        return self.of_rows(affordable, side, progress)

    def _contents(self, rows: IdArray) -> Iterator[tuple[int, Any]]:
        n_real = self._pool.n_real
        yield from self._side_contents("real", rows[rows < n_real], first=0)
        yield from self._side_contents("synthetic", rows[rows >= n_real], first=n_real)

    def _side_contents(self, side: str, rows: IdArray, first: int) -> Iterator[tuple[int, Any]]:
        if side not in self._pool.sources:
            names = self._pool.names
            yield from ((row, Path(names[row])) for row in rows.tolist())
            return
        wanted = set(rows.tolist())
        for row, item in enumerate(scored_items(self._pool, side), start=first):
            if row in wanted:
                yield row, item.in_hand().content


def path_pictures(files: Mapping[str, Path], side: int, threads: int | None) -> dict[str, str]:
    """Return a WebP picture in base64 for each file that can be read, under its key."""
    with pillow_warnings_silenced(), ThreadPoolExecutor(threads or os.cpu_count()) as workers:
        encoded = workers.map(lambda file: _picture(file, side), files.values())
        return {
            key: picture for key, picture in zip(files, encoded, strict=True) if picture is not None
        }


def _picture(content: Any, side: int) -> str | None:
    try:
        image = _read_small(content, side)
    except UnreadableImageError:
        return None
    image.thumbnail((side, side))
    encoded = io.BytesIO()
    image.save(encoded, format="WEBP", quality=QUALITY, method=3)
    return base64.b64encode(encoded.getvalue()).decode("ascii")


def _read_small(content: Any, side: int) -> Image.Image:
    """Read an image as embedding does, but let JPEG files be decoded at a fraction of their size.

    The returned image may be changed.
    """
    if isinstance(content, Path | bytes):
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        try:
            with Image.open(stream, formats=["JPEG"]) as image:
                image.draft("RGB", (2 * side, 2 * side))
                return read_image(image).copy()
        except (OSError, ValueError, SyntaxError):
            pass  # no JPEG file, or a damaged one
    return read_image(content).copy()
