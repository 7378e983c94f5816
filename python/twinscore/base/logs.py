"""Loggers whose messages show what comes from outside instead of obeying it."""

from __future__ import annotations

import logging

from twinscore.base.printable import printable


def logger_of(module: str) -> logging.Logger:
    """Return the logger of a module; names and reasons in its messages are made printable.

    Parameters
    ----------
    module
        Its ``__name__``.
    """
    logger = logging.getLogger(module)
    if _made_printable not in logger.filters:
        logger.addFilter(_made_printable)
    return logger


def _made_printable(record: logging.LogRecord) -> bool:
    record.msg, record.args = printable(record.getMessage()), None
    return True
