"""Progress of long work, on standard error so that results can be piped."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from twinscore.base.printable import printable
from twinscore.report.terminal.console import Console

if TYPE_CHECKING:
    from types import TracebackType

SECONDS_BETWEEN_LINES = 10.0
"""Where standard error is no terminal, a stage that takes longer reports this often."""


class ProgressDisplay:
    """A bar per stage on a terminal, plain lines elsewhere, nothing when quiet.

    Calling it with (stage, done, total) starts the stage where needed and moves it on.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=self._console,
            transient=False,
            disable=quiet or not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._next_lines: dict[str, float] = {}

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
        """Leave the bars as they are."""
        self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of a stage are done."""
        if self._console.is_terminal:
            self._move_bar(stage, done, total)
        else:
            self._print_line(stage, done, total)

    def _move_bar(self, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(escape(printable(stage)), total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)

    def _print_line(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next_lines.setdefault(stage, now + SECONDS_BETWEEN_LINES):
            return
        self._next_lines[stage] = now + SECONDS_BETWEEN_LINES
        self._console.print(
            f"{escape(printable(stage))}: {done / max(total, 1):.0%}", highlight=False
        )
