"""Pictures of a folder that is watched: the frames that give the twin away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.sources.by_name import contents_by_name
from twinscore.integrations.loggers.entry import Picture
from twinscore.integrations.loggers.pairs import read_all, side_by_side
from twinscore.neighbors import knn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twinscore.base.arrays import Float64Array, FloatMatrix
    from twinscore.integrations.loggers.result_log import ResultLog
    from twinscore.streaming import StreamingScorer, StreamResult

PAIRS = 6
"""Pairs of images in an entry."""

SECONDS_BETWEEN = 60.0
"""Pictures are made at most so often: they take a search of all frames kept."""

CANDIDATES = 500
"""The most foreign frames, among which look-alikes are passed over."""


def listener_of(
    log: ResultLog, scorer: StreamingScorer, folder: Path
) -> Callable[[StreamResult], None] | None:
    """Return who tells a log of each new score of a folder; None where nobody is to be told."""
    if not log:
        return None
    pictures = FramePictures(scorer, folder)
    return lambda result: log.log(result, step=result.n_seen, pictures=pictures)


class FramePictures:
    """Makes pictures of frames beside their nearest real images, now and then.

    Parameters
    ----------
    scorer
        Whose ids are names of frames.
    folder
        That the names start from.
    """

    def __init__(self, scorer: StreamingScorer, folder: Path) -> None:
        self._scorer = scorer
        self._folder = folder
        self._due = 0.0

    def __call__(self) -> list[Picture]:
        """Return the pictures of what is most foreign now; none where the last ones are fresh."""
        if time.monotonic() < self._due:
            return []
        made = self._make()
        self._due = time.monotonic() + SECONDS_BETWEEN
        return made

    def _make(self) -> list[Picture]:
        kept = self._scorer.snapshot()
        answers = self._scorer.compare(kept.vectors, ids=list(kept.ids))
        foreign = np.argsort(-np.nan_to_num(answers.relative_distance, nan=-1.0), kind="stable")
        candidates = np.asarray(foreign[:CANDIDATES], dtype=np.int64)
        nearest = knn(kept.vectors[candidates], kept.real.vectors, 1)
        far = np.sqrt(nearest.distances[:, 0])
        chosen = unlike_each_other(kept.vectors[candidates], far)
        exposure = self._scorer.embedder.preprocessing.exposure
        pictures = []
        for number, place in enumerate(chosen, start=1):
            row = int(candidates[place])
            frame, beside = str(kept.ids[row]), kept.real.names[int(nearest.ids[place, 0])]
            file = str(self._folder / frame)
            images = read_all(contents_by_name([file, beside]), exposure)
            if file in images:
                caption = (
                    f"{frame}, {answers.relative_distance[row]:.1f} times as far from real images "
                    f"as those from each other, beside {beside}"
                )
                picture = side_by_side(images[file], images.get(beside))
                pictures.append(Picture(f"pairs/{number}", caption, picture))
        return pictures


def unlike_each_other(vectors: FloatMatrix, far: Float64Array) -> list[int]:
    """Choose rows in order, passing over what is nearer to one chosen than to anything real.

    Parameters
    ----------
    vectors
        Shape (n, d).
    far
        Shape (n,): distance of each to the nearest real image.
    """
    chosen: list[int] = []
    for row, vector in enumerate(vectors):
        apart = np.linalg.norm(vectors[chosen] - vector, axis=1)
        if not len(apart) or apart.min() >= far[row]:
            chosen.append(row)
        if len(chosen) == PAIRS:
            break
    return chosen
