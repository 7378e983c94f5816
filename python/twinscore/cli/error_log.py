"""Where the traceback of an error goes that is the program's own."""

from __future__ import annotations

import datetime
import os
import platform
import shlex
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore._version import __version__
from twinscore.base.printable import printable, printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KEPT = 20
"""Logs; older ones are deleted."""

_PATTERN = "error-*.log"


def write_error_log(error: BaseException, words: Sequence[str]) -> Path | None:
    """Write a file with the traceback and what a report about it should tell.

    It lies in the folder that the platform has for logs, or in the temporary one where that
    cannot be written.

    Parameters
    ----------
    error
        With its traceback.
    words
        Of the command line.

    Returns
    -------
    Path or None
        The file; None where none can be written.
    """
    text = "\n".join(
        [
            f"twinscore {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"$ {printable(shlex.join(['twinscore', *words]))}",
            "",
            printable_lines("".join(traceback.format_exception(error))),
        ]
    )
    for folder in _folders():
        try:
            return _write(folder, text)
        except OSError:
            continue
    return None


def _folders() -> Iterator[Path]:
    from platformdirs import user_log_path

    yield user_log_path("twinscore", appauthor=False)
    yield Path(tempfile.gettempdir())


def _write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now().astimezone()
    file = folder / f"error-{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
    # A new file, so that nobody's link in a folder for all is followed.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding=sys.getdefaultencoding(), errors="replace") as opened:
        opened.write(text)
    for old in sorted(folder.glob(_PATTERN))[:-KEPT]:
        old.unlink(missing_ok=True)
    return file
