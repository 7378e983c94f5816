"""New scores of a watch: shown, and written as lines of JSON."""

from __future__ import annotations

import dataclasses
import datetime
import time
from typing import TYPE_CHECKING, Any, Self

from twinscore.base.logs import logger_of
from twinscore.streaming.watching.folder_state import FolderState
from twinscore.streaming.watching.view import WatchView, summary_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.streaming import StreamResult
    from twinscore.streaming.watching.json_lines import JsonLines
    from twinscore.streaming.watching.session import WatchSession

SECONDS_BETWEEN_RESULTS = 2.0
SCORING_PAUSES = 4.0
"""A new score comes after two seconds, and after so many times what the last one took."""

_logger = logger_of(__name__)


class Reporter:
    """Shows and writes every new result, but not oftener than anyone can read.

    Parameters
    ----------
    session
        The watch.
    lines
        Gets each result, or None.
    quiet
        Show nothing.
    listener
        Told each result as well, or None.
    """

    def __init__(
        self,
        session: WatchSession,
        lines: JsonLines | None,
        *,
        quiet: bool,
        listener: Callable[[StreamResult], None] | None = None,
    ) -> None:
        self._session = session
        self._lines = lines
        self._listener = listener
        self._view = WatchView(quiet=quiet)
        self._due = 0.0
        self._is_stale = True
        self.result: StreamResult | None = None

    def __enter__(self) -> Self:
        """Start showing."""
        self._view.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        """Stop showing."""
        self._view.__exit__(*raised)

    def changed(self) -> None:
        """Note that the last result no longer holds."""
        self._is_stale = True

    def refresh(self, *, at_once: bool = False) -> None:
        """Score anew if there is reason to and the last time is long enough ago."""
        is_due = at_once or time.monotonic() >= self._due
        is_new = self._is_stale and is_due
        if is_new:
            started = time.monotonic()
            self.result = self._session.result()
            self._is_stale = False
            if self.result is not None and self._listener is not None:
                self._listener(self.result)
            # A score of many frames takes a while: frames come first.
            pause = SCORING_PAUSES * (time.monotonic() - started)
            self._due = time.monotonic() + max(SECONDS_BETWEEN_RESULTS, pause)
            self._write()
        self._view.show(self._session, self.result, is_new=is_new)

    @property
    def keeps_standard_output(self) -> bool:
        """Whether standard output is for lines of JSON alone."""
        return self._lines is not None and self._lines.to_standard_output

    def conclusion(self) -> str:
        """Return the last score in one line."""
        return summary_line(self._session, self.result)

    def _write(self) -> None:
        if self._lines is None or self.result is None:
            return
        folder = FolderState(
            time=datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            frames=self._session.counted,
            landing=self._session.waiting,
            unreadable=self._session.unreadable,
            passed_over=self._session.passed_over,
            lacking_annotations=self._session.lacking_annotations,
            objects=self._session.objects,
        )
        fields = {**dataclasses.asdict(folder), **self.result.to_dict()}
        try:
            self._lines.append(fields)
        except OSError as error:
            if self.keeps_standard_output:
                raise
            # The next line may find room again.
            self._session.trouble = str(error)
            _logger.warning("%s; going on", error)
