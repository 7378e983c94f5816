"""What opens the loggers of a result: they lie above it, and are handed down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from twinscore.scoring.estimate import Estimate

_openers: list[Callable[[Any], AbstractContextManager[ResultTeller]]] = []


class ResultTeller(Protocol):
    """Tells loggers of a result."""

    def log(self, result: Estimate) -> None:
        """Tell them; what they make of it costs the run nothing."""


def log_by(opener: Callable[[Any], AbstractContextManager[ResultTeller]]) -> None:
    """Say what opens loggers."""
    _openers[:] = [opener]


def opened_log(log: Any) -> AbstractContextManager[ResultTeller]:
    """Open what a caller wants results to be logged to.

    Parameters
    ----------
    log
        As `twinscore.score` takes it.

    Raises
    ------
    ValueError, TypeError, MissingExtraError
        It names no logger, or one whose package is not installed.
    RuntimeError
        Nobody said what opens it; `import twinscore` does.
    """
    if not _openers:
        raise RuntimeError("expected `import twinscore` before a result is logged")
    return _openers[0](log)
