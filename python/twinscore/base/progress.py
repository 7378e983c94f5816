"""How long work says how far it is."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[int, int], None]
"""Called with (done, total) now and then while a long stage runs."""

StageProgress = Callable[[str, int, int], None]
"""Called with (stage, done, total): one for the stages of a whole run."""


def stage_of(progress: StageProgress | None, name: str) -> ProgressCallback:
    """Return the callback of one stage of a run."""

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(name, done, total)

    return report
