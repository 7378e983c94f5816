"""Loggers named in a line: which tool, and where in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from twinscore.base.errors import SettingError
from twinscore.base.extras import check_installed
from twinscore.integrations.loggers.entry import Logger
from twinscore.integrations.loggers.mlflow import MlflowLogger
from twinscore.integrations.loggers.result_log import GuardedLogger, ResultLog
from twinscore.integrations.loggers.tensorboard import TensorBoardLogger
from twinscore.integrations.loggers.wandb import WandbLogger

TOOLS: dict[str, tuple[str, Callable[..., Logger]]] = {
    "wandb": ("wandb", WandbLogger),
    "mlflow": ("mlflow", MlflowLogger),
    "tensorboard": ("tensorboardX", TensorBoardLogger),
}
"""By name, which is that of the extra as well: the package, and the logger."""


def open_log(log: Any = None) -> ResultLog:
    """Find what results are to be logged to; entering the log opens it.

    Parameters
    ----------
    log
        None for nothing; a line ``"TOOL"`` or ``"TOOL:PLACE"`` with wandb and a project, mlflow
        and an experiment, or tensorboard and a folder; a `Logger`; or several of these. What is
        named by a line is opened and closed with the log, a logger of the caller's is not.

    Returns
    -------
    ResultLog
        A context manager. A tool that cannot be reached is told in a line and costs nothing else.

    Raises
    ------
    ValueError, TypeError
        It is none of these.
    MissingExtraError
        The package of a tool is not installed.
    """
    given = [] if log is None else [log] if isinstance(log, str | Logger) else log
    if not isinstance(given, Iterable):
        raise TypeError(
            f"expected log to be a line such as 'wandb:PROJECT' or a logger, got "
            f"{type(log).__name__}"
        )
    return ResultLog([_opened(each) for each in given])


def _opened(log: Any) -> GuardedLogger:
    if isinstance(log, Logger):
        return GuardedLogger(type(log).__name__, log)
    if not isinstance(log, str):
        raise TypeError(
            f"expected a line such as 'wandb:PROJECT' or a logger with log, close and place, got "
            f"{type(log).__name__}"
        )
    tool, colon, place = log.partition(":")
    if tool not in TOOLS or (colon and not place):
        raise SettingError(
            f"expected wandb[:PROJECT], mlflow[:EXPERIMENT] or tensorboard[:DIR], got {log!r}"
        )
    package, make = TOOLS[tool]
    check_installed(package, extra=tool, purpose=f"a log to {tool}")
    return GuardedLogger(tool, make=lambda: make(place) if place else make())
