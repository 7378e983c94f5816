"""A loader that is scored in the background while it is used."""

from __future__ import annotations

import atexit
import dataclasses
import queue
import threading
import time
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from twinscore.base.logs import logger_of
from twinscore.integrations.torch.batches import items_of
from twinscore.integrations.torch.monitor_log import MonitorLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from twinscore.integrations.torch.batches import Extract
    from twinscore.streaming import StreamingScorer, StreamResult

BATCHES_WAITING = 2
IMAGES_AT_ONCE = 8
"""Of a batch of images so many are drawn, rather than all of one batch in ten."""


@dataclasses.dataclass(frozen=True, slots=True)
class _EpochEnd:
    """Stands in the queue after the last batch of an epoch.

    Attributes
    ----------
    batches
        Of the loader until then.
    """

    batches: int


_logger = logger_of(__name__)


class ScoreMonitor:
    """Passes the batches of a loader on unchanged and scores as many as its budget allows.

    Scoring runs in one thread of this process, wherever the loader's workers are and however they
    were started. While it is busy, or rests to keep within its budget, batches go by unscored; of
    images, which take a network, a few of a batch are drawn. Which ones depends on time and chance
    alone, so that the score stays unbiased. What went by is counted and every result says so. If
    scoring fails, the loader goes on.

    Parameters
    ----------
    loader
        Any iterable of batches: a DataLoader over a map-style or an iterable dataset, a WebDataset
        loader, a generator function's result.
    scorer
        Gets the batches.
    extract
        From a batch to its images or embeddings; by default `items_of`. Images must be as
        `twinscore.score` takes them: undo a normalization here.
    ids
        From a batch to one name for each of its items. What comes again under its name, in a later
        epoch say, then takes the older one's place; without, it counts again, as a copy.
    budget
        Share of the time that may go into scoring; 1 scores whenever the thread is free, and
        whole batches. Opening the network, once, comes on top.
    on_error
        "warn": log the error, stop scoring, keep it as `error`. "raise": raise it from the loader.
    log
        Where results are logged, every half minute and at the end of each epoch: as
        `twinscore.score` takes it. The steps are batches of the loader; of images, those that
        gave themselves away most since the last entry go with it.

    Examples
    --------
    >>> monitor = ScoreMonitor(loader, scorer)  # doctest: +SKIP
    >>> for images, labels in monitor:  # doctest: +SKIP
    ...     train(images, labels)
    >>> print(monitor.result().score)  # doctest: +SKIP
    """

    def __init__(
        self,
        loader: Iterable[Any],
        scorer: StreamingScorer,
        *,
        extract: Extract | None = None,
        ids: Extract | None = None,
        budget: float = 0.03,
        on_error: str = "warn",
        log: Any = None,
    ) -> None:
        if not 0.0 < budget <= 1.0:
            raise ValueError(f"expected a budget above 0 and at most 1, got {budget}")
        if on_error not in ("warn", "raise"):
            raise ValueError(f"expected on_error of warn or raise, got {on_error!r}")
        self.loader = loader
        self.scorer = scorer
        self.error: Exception | None = None
        self.offered = 0
        self.skipped = 0
        self._extract = extract or items_of
        self._names = ids
        self._budget = budget
        self._raises = on_error == "raise"
        self._queue: queue.Queue[Any] = queue.Queue(maxsize=BATCHES_WAITING)
        self._thread: threading.Thread | None = None
        self._rests_until = 0.0
        self._idle = threading.Condition()
        self._unscored = 0
        self._random = np.random.default_rng()
        self._log = MonitorLog(log)

    def __len__(self) -> int:
        """Return the number of batches of the loader, if it knows."""
        return len(self.loader)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the loader's batches, unchanged."""
        for batch in self.loader:
            self._offer(batch)
            yield batch
        self._raise_if_asked()
        self._log_epoch()
        if self.skipped:
            _logger.info("%s", self._says())

    def __getattr__(self, name: str) -> Any:
        # Training loops ask loaders for their dataset, sampler or batch size.
        if name == "loader":
            raise AttributeError(name)
        return getattr(self.loader, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def scored(self) -> int:
        """Batches that were scored, or wait to be."""
        return self.offered - self.skipped

    def result(self) -> StreamResult:
        """Score what was taken so far, the batches that wait included.

        Raises
        ------
        ValueError
            Too little was scored.
        """
        self.drain()
        self._raise_if_asked()
        result = self.scorer.result()
        if self.skipped == 0 and self.error is None:
            return result
        return dataclasses.replace(result, warnings=(*result.warnings, self._says()))

    def drain(self) -> None:
        """Wait until all batches that were taken are scored."""
        with self._idle:
            self._idle.wait_for(lambda: self._unscored == 0 or not self._is_alive())

    def close(self) -> None:
        """Score and log what was taken and stop the thread; the monitor may be used again."""
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            self._queue.put(None)
            thread.join()
        if thread is not None and self.error is None:
            self._log.tell(self.scorer, self.offered, at_once=True)
        self._log.close()
        atexit.unregister(self.close)

    def _offer(self, batch: Any) -> None:
        self._raise_if_asked()
        self.offered += 1
        is_resting = time.monotonic() < self._rests_until
        if self.error is not None or is_resting or self._queue.full():
            self.skipped += 1
            return
        try:
            drawn = self._drawn(batch)
        except Exception as error:
            self._fail(error)
            self.skipped += 1
            self._raise_if_asked()
            return
        self._start()
        if self._budget < 1.0:
            # Until its cost is known, one batch at a time.
            self._rests_until = float("inf")
        with self._idle:
            self._unscored += 1
        self._queue.put(drawn)

    def _drawn(self, batch: Any) -> tuple[Any, Any]:
        """Return copies of the items of a batch that are to be scored, and their ids."""
        items = self._extract(batch)
        names = None if self._names is None else self._names(batch)
        is_taken_whole = self._budget == 1.0 or _are_embeddings(items)
        if is_taken_whole or not hasattr(items, "__len__") or len(items) <= IMAGES_AT_ONCE:
            return _own_copy(items), _own_copy(names)
        chosen = sorted(self._random.choice(len(items), IMAGES_AT_ONCE, replace=False).tolist())
        return _own_copy(_at(items, chosen)), _own_copy(_at(names, chosen))

    def _start(self) -> None:
        if not self._is_alive():
            self._log.open()
            self._thread = threading.Thread(
                target=self._score, name="twinscore-monitor", daemon=True
            )
            self._thread.start()
            atexit.register(self.close)

    def _is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _score(self) -> None:
        while (drawn := self._queue.get()) is not None:
            started = time.monotonic()
            try:
                if self.error is not None:
                    pass
                elif isinstance(drawn, _EpochEnd):
                    self._log.tell(self.scorer, drawn.batches, at_once=True)
                else:
                    started = self._take(*drawn)
                    self._log.tell(self.scorer, self.offered)
            except Exception as error:
                self._fail(error)
            finally:
                spent = time.monotonic() - started
                rests = time.monotonic() + spent * (1.0 / self._budget - 1.0)
                if not isinstance(drawn, _EpochEnd) or self._rests_until != float("inf"):
                    self._rests_until = rests
                with self._idle:
                    self._unscored -= 1
                    self._idle.notify_all()

    def _take(self, items: Any, names: Any) -> float:
        """Score a batch; return when that began, the network being open."""
        is_images = not _are_embeddings(items)
        if is_images:
            _ = self.scorer.embedder
        started = time.monotonic()
        answers = self.scorer.update(items, ids=names, answers=bool(self._log) and is_images)
        self._log.took(items, names, answers)
        return started

    def _log_epoch(self) -> None:
        if self._log and self._is_alive():
            with self._idle:
                self._unscored += 1
            self._queue.put(_EpochEnd(self.offered))

    def _fail(self, error: Exception) -> None:
        self.error = error
        if not self._raises:
            _logger.warning(
                "scoring stopped, the loader goes on: %s: %s", type(error).__name__, error
            )

    def _raise_if_asked(self) -> None:
        if self._raises and self.error is not None:
            raise self.error

    def _says(self) -> str:
        says = f"{self.scored:,} of {self.offered:,} batches of the loader were scored"
        if self.error is not None:
            return f"{says}, then scoring stopped: {type(self.error).__name__}: {self.error}"
        return f"{says}, in whole or in part; the others went by to keep the loader quick"


def _are_embeddings(items: Any) -> bool:
    return getattr(items, "ndim", None) == 2


def _at(values: Any, places: list[int]) -> Any:
    if values is None:
        return None
    return values[places] if hasattr(values, "shape") else [values[place] for place in places]


def _own_copy(items: Any) -> Any:
    """Copy what the training loop may overwrite before it is scored; on its own device."""
    for method in ("clone", "copy"):
        if hasattr(items, "shape") and hasattr(items, method):
            return getattr(items, method)()
    return [_own_copy(item) for item in items] if isinstance(items, list | tuple) else items
