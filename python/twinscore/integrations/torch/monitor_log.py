"""What a monitor tells loggers, and when."""

from __future__ import annotations

import heapq
import math
import time
from typing import TYPE_CHECKING, Any

from twinscore.integrations.loggers.entry import Picture
from twinscore.integrations.loggers.opening import open_log
from twinscore.integrations.loggers.pairs import read_small

if TYPE_CHECKING:
    from twinscore.streaming import StreamingScorer
    from twinscore.streaming.answers import BatchAnswers

SECONDS_BETWEEN = 30.0
"""A result is logged so often, and at the end of each epoch."""

PICTURES = 6
"""The most foreign images since the last entry go with it."""


class MonitorLog:
    """Logs the results of a stream, with the images that gave themselves away since the last.

    Parameters
    ----------
    log
        As `twinscore.integrations.loggers.open_log` takes it.

    Raises
    ------
    ValueError, TypeError, MissingExtraError
        As there.
    """

    def __init__(self, log: Any) -> None:
        self._log = open_log(log)
        self._due = time.monotonic() + SECONDS_BETWEEN
        self._is_stale = False
        self._foreign: list[tuple[float, int, str, Any]] = []
        self._taken = 0

    def __bool__(self) -> bool:
        """Whether anybody is told."""
        return bool(self._log)

    def open(self) -> None:
        """Open what is named by a line."""
        self._log.open()

    def took(self, items: Any, names: Any, answers: BatchAnswers | None) -> None:
        """Note what was scored; of images, which have answers, keep the most foreign ones."""
        self._is_stale = True
        if answers is None:
            return
        for place, distance in enumerate(answers.relative_distance.tolist()):
            self._taken += 1
            if math.isnan(distance):
                continue
            name = f"image {self._taken:,} of those scored" if names is None else str(names[place])
            heapq.heappush(self._foreign, (distance, -self._taken, name, items[place]))
            if len(self._foreign) > PICTURES:
                heapq.heappop(self._foreign)

    def tell(self, scorer: StreamingScorer, batches: int, *, at_once: bool = False) -> None:
        """Log a result where there is a new one and the last entry is old enough.

        Parameters
        ----------
        scorer
            That is monitored.
        batches
            Of the loader so far, scored or not: the step.
        at_once
            However old the last entry is.
        """
        if not (self._log and self._is_stale) or not (at_once or time.monotonic() >= self._due):
            return
        self._due = time.monotonic() + SECONDS_BETWEEN
        try:
            result = scorer.result()
        except ValueError:
            return  # too little was scored yet
        self._is_stale = False
        self._log.log(result, step=batches, pictures=lambda: self._pictures(scorer))

    def close(self) -> None:
        """Close what was named by a line."""
        self._log.close()

    def _pictures(self, scorer: StreamingScorer) -> list[Picture]:
        foreign, self._foreign = sorted(self._foreign, reverse=True), []
        pictures = []
        for number, (distance, _, name, item) in enumerate(foreign, start=1):
            image = read_small(item, scorer.embedder.preprocessing.exposure)
            if image is not None:
                caption = (
                    f"{name}, {distance:.1f} times as far from real images as those from each other"
                )
                pictures.append(Picture(f"foreign/{number}", caption, image))
        return pictures
