"""What a logger is told of a result, and what a logger is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to look at.

    Attributes
    ----------
    name
        The same for the same place in later entries.
    caption
        What it shows.
    image
        In RGB.
    """

    name: str
    caption: str
    image: Image.Image


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A result as tools that keep runs take it.

    Attributes
    ----------
    figures
        Every number of the result by its path, parts joined by "/": "score", "interval/low",
        "judge/accuracy".
    verdict
        The result in one sentence.
    record
        The keys of result.json, as JSON types.
    step
        Where in a run it stands: images or batches seen; None for one after the last.
    pictures
        To look at next.
    """

    figures: Mapping[str, float]
    verdict: str
    record: Mapping[str, Any]
    step: int | None = None
    pictures: tuple[Picture, ...] = field(default=())


@runtime_checkable
class Logger(Protocol):
    """Somewhere that results are logged to."""

    def log(self, entry: LogEntry) -> None:
        """Take a result; any error is told in a line and costs the run nothing."""

    def close(self) -> None:
        """Finish, so that nothing logged is lost."""

    @property
    def place(self) -> str:
        """Where to look, for people."""
