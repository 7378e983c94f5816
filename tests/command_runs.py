"""A command that ran to its end: its exit code, and what it wrote where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    RunCommand = Callable[..., "Finished"]

DONE, ERROR, USAGE, BELOW_MINIMUM = 0, 1, 2, 3


@dataclass(frozen=True)
class Finished:
    """What is left of a command."""

    code: int
    standard: str
    errors: str

    def only_error(self) -> str:
        """Return the one line of an error that did no harm and wrote no result."""
        assert self.code == ERROR
        assert self.standard == ""
        (line,) = self.errors.splitlines()
        assert line.startswith("twinscore: error: ")
        return line.removeprefix("twinscore: error: ")
