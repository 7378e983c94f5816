"""How an embedding run goes on: a moving line on a terminal, a plain one now and then elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from twinscore.base.printable import printable
from twinscore.report.terminal.console import Console

if TYPE_CHECKING:
    from types import TracebackType

    from twinscore.embedding.embedding_run import EmbeddingRun

SECONDS_BETWEEN_LINES = 10.0
"""Where standard error is no terminal."""

FAILURES_SHOWN = 10
"""Of more, the metadata of the store tells."""


class EmbeddingDisplay:
    """Shows rate, time left and failures of a run on standard error; nothing when quiet."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False)
        self._bars = Progress(
            BarColumn(bar_width=24),
            TextColumn("{task.description}"),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._shown = 0
        self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    def __enter__(self) -> Self:
        """Start drawing."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the last line as it is."""
        self._bars.stop()

    def __call__(self, run: EmbeddingRun) -> None:
        """Show how far a run is."""
        self._show_failures(run)
        if self._console.is_terminal:
            if self._task is None:
                self._task = self._bars.add_task("", total=run.total)
            self._bars.update(self._task, completed=run.done, description=describe_progress(run))
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES
            self._console.print(describe_progress(run), soft_wrap=True)

    def _show_failures(self, run: EmbeddingRun) -> None:
        for failure in run.failures[self._shown : FAILURES_SHOWN]:
            # File names may hold what would be markup.
            line = Text(printable(f"no embedding: {failure.name}: {failure.reason}"))
            self._console.print(line, soft_wrap=True)
            self._shown += 1
        if run.failed > FAILURES_SHOWN == self._shown:
            self._console.print("no embedding: further images, listed in the store's metadata")
            self._shown += 1


def describe_progress(run: EmbeddingRun) -> str:
    """Describe a run in one line.

    Examples
    --------
    >>> from twinscore.embedding.embedding_run import EmbeddingRun
    >>> run = EmbeddingRun(total=5000, unchanged=1000, embedded=990, failed=10, seconds=8)
    >>> describe_progress(run)
    '2,000 of 5,000 images, 125 images/s, 0:24 left, 10 failed'
    """
    parts = [f"{run.done:,} of {run.total:,} images"]
    rate = run.images_per_second
    if rate > 0:
        parts.append(f"{rate:,.0f} images/s" if rate >= 10 else f"{rate:.1f} images/s")
        if run.done < run.total:
            parts.append(f"{_clock((run.total - run.done) / rate)} left")
    if run.failed:
        parts.append(f"{run.failed:,} failed")
    return ", ".join(parts)


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
