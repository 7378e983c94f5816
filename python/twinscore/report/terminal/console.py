"""The console that summaries and live views are drawn on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import rich.console
from rich.segment import Segment

from twinscore.base.printable import printable_lines
from twinscore.base.standard_output import nobody_reads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import ConsoleOptions, RenderableType


UNWRAPPED = 4_096
"""Columns of what is no terminal: lines are as long as they are, so that other programs see whole
sentences and paths."""


class Console(rich.console.Console):
    """A console of rich's that never passes on a control character it did not make itself.

    The last line of defense: what comes from outside is made `printable` where it is put into
    words, where its line breaks can still be told from those of a table.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if not self.is_terminal and "width" not in options and "COLUMNS" not in os.environ:
            self.width = UNWRAPPED

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Turn what is shown into pieces of text."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else printable_lines(text), style, control)

    def on_broken_pipe(self) -> None:
        """Go on without a reader: what is still to be saved is saved."""
        self.quiet = True
        nobody_reads()
