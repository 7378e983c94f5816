"""Where results are logged to, so that no logger can cost a run anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from twinscore.base.logs import logger_of
from twinscore.integrations.loggers.entry import LogEntry
from twinscore.integrations.loggers.figures import figures_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twinscore.integrations.loggers.entry import Logger, Picture
    from twinscore.scoring.estimate import Estimate
    from twinscore.streaming import StreamResult

_logger = logger_of(__name__)


class GuardedLogger:
    """A logger whose errors are one line, after which it is left alone.

    Parameters
    ----------
    name
        Of the tool, for the line.
    logger
        The caller's, who closes it.
    make
        In place of it: makes one when the run begins, which is closed when it ends.
    """

    def __init__(
        self, name: str, logger: Logger | None = None, *, make: Callable[[], Logger] | None = None
    ) -> None:
        self._name = name
        self._logger = logger
        self._make = make

    @property
    def place(self) -> str | None:
        """Where to look; None where nothing is logged to."""
        logger = self._logger
        place: str | None = None if logger is None else self._guarded(lambda: logger.place)
        return place

    def open(self) -> None:
        """Make the logger, where it is not the caller's."""
        if self._make is not None:
            self._logger = self._guarded(self._make)

    def log(self, entry: LogEntry) -> None:
        """Hand an entry on."""
        if self._logger is not None:
            self._guarded(self._logger.log, entry)

    def close(self) -> None:
        """Close a logger that was made here."""
        if self._logger is not None and self._make is not None:
            self._guarded(self._logger.close)
            self._logger = None

    def _guarded(self, do: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return do(*arguments)
        except Exception as error:
            self._logger = None
            said = " ".join(str(error).split()) or type(error).__name__
            _logger.warning("logging to %s stopped, the run goes on: %s", self._name, said)
            return None


class ResultLog:
    """Tells every result to any number of loggers.

    Parameters
    ----------
    loggers
        Maybe none.
    """

    def __init__(self, loggers: Sequence[GuardedLogger]) -> None:
        self._loggers = tuple(loggers)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def __bool__(self) -> bool:
        """Whether anybody is told."""
        return bool(self._loggers)

    @property
    def places(self) -> list[str]:
        """Where what was logged can be looked at."""
        return [place for logger in self._loggers if (place := logger.place) is not None]

    def open(self) -> None:
        """Open what is named by a line."""
        for logger in self._loggers:
            logger.open()

    def log(
        self,
        result: Estimate | StreamResult,
        *,
        step: int | None = None,
        pictures: Callable[[], Sequence[Picture]] | None = None,
    ) -> None:
        """Tell a result.

        Parameters
        ----------
        result
            Of a run, or of a stream at this moment.
        step
            Images or batches seen so far; None for one after the last.
        pictures
            Makes the pictures to go with it, which are left out where that fails. Default: those
            of a result of all images.
        """
        if not self:
            return
        record = result.to_dict()
        shown = _made(pictures, result)
        entry = LogEntry(figures_of(record), result.verdict, record, step, shown)
        for logger in self._loggers:
            logger.log(entry)

    def close(self) -> None:
        """Close what was named by a line."""
        for logger in self._loggers:
            logger.close()


def _made(
    pictures: Callable[[], Sequence[Picture]] | None, result: Estimate | StreamResult
) -> tuple[Picture, ...]:
    from twinscore.integrations.loggers.pictures import pictures_of

    try:
        return tuple(pictures_of(result) if pictures is None else pictures())
    except Exception as error:
        _logger.warning("no pictures are logged: %s: %s", type(error).__name__, error)
        return ()
