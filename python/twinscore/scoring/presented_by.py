"""What results are shown by: it lies above them, and is handed down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_openers: list[Callable[[], Any]] = []


def present_by(opener: Callable[[], Any]) -> None:
    """Say what results are shown by; it is opened when one is asked to show itself."""
    _openers[:] = [opener]


def open_presentation() -> Any:
    """Open what results are shown by.

    Raises
    ------
    RuntimeError
        Nobody said by what; `import twinscore` does.
    """
    if not _openers:
        raise RuntimeError("expected `import twinscore` before a result is shown")
    return _openers[0]()
