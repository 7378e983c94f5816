"""What a run that fills a store did, and who is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twinscore.embedding.records import Skipped
from twinscore.embedding.store.rows import OK

if TYPE_CHECKING:
    from twinscore.embedding.store import StoreDescription

MOST_FAILURES_KEPT = 1000

_SECONDS_BETWEEN_REPORTS = 0.1


@dataclass(slots=True)
class EmbeddingRun:
    """What one run of `embed` did, or has done so far.

    Attributes
    ----------
    total
        Images of the source.
    unchanged
        Images that the store had already.
    repeated
        Times that the source listed an image again; it is kept once.
    embedded
        Images embedded by this run.
    failed
        Images that this run found no embedding for.
    pictures
        Pictures cut out of images and embedded by this run: of objects and of what is around them.
    failures
        Name and reason of the first of them, at most `MOST_FAILURES_KEPT`.
    seconds
        Since the first image.
    passed_over
        Files of the source that are images by their ending and are not read, by ending.
    missing
        Images in the store that the source does not list: kept, unless pruned.
    store
        The store as it is after the run; None while it goes on.
    """

    total: int
    unchanged: int = 0
    repeated: int = 0
    embedded: int = 0
    failed: int = 0
    pictures: int = 0
    failures: list[Skipped] = field(default_factory=list)
    seconds: float = 0.0
    missing: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    store: StoreDescription | None = None

    @property
    def done(self) -> int:
        """Images of the source that need no more work."""
        return self.unchanged + self.repeated + self.embedded + self.failed

    @property
    def images_per_second(self) -> float:
        """Rate of this run, failed images included."""
        return (self.embedded + self.failed) / self.seconds if self.seconds > 0 else 0.0


RunCallback = Callable[[EmbeddingRun], None]


class ReportedRun:
    """A run, and whom to tell of it now and then.

    Parameters
    ----------
    state
        At its beginning.
    progress
        Called with it.
    """

    def __init__(self, state: EmbeddingRun, progress: RunCallback | None) -> None:
        self.state = state
        self._progress = progress
        self._started = time.perf_counter()
        self._next = 0.0

    def count(self, name: str, status: str) -> None:
        """Count an image that was embedded, or was not for this reason."""
        if status == OK:
            self.state.embedded += 1
            return
        self.state.failed += 1
        if len(self.state.failures) < MOST_FAILURES_KEPT:
            self.state.failures.append(Skipped(name, status))

    def report(self, *, at_once: bool = False) -> None:
        """Tell how far the run is, unless that was told just before."""
        self.state.seconds = time.perf_counter() - self._started
        if self._progress is not None and (at_once or self.state.seconds >= self._next):
            self._next = self.state.seconds + _SECONDS_BETWEEN_REPORTS
            self._progress(self.state)
