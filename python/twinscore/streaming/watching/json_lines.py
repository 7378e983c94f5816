"""Results as lines of JSON, in a file that stays readable after a crash, or to a pipe."""

from __future__ import annotations

import json
import sys
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from io import RawIOBase
    from pathlib import Path

STANDARD_OUTPUT = "-"

_BLOCK = 4096


class JsonLines:
    """Appends one JSON object a line and flushes it.

    A line that a crash left unfinished is cut off when the file is opened.

    Parameters
    ----------
    file
        Made if it does not exist; its folder must. "-" for standard output.

    Raises
    ------
    OSError
        The file cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self._file = None if str(file) == STANDARD_OUTPUT else file
        if self._file is None or (file.exists() and not S_ISREG(file.stat().st_mode)):
            return
        try:
            with file.open("ab+") as opened:
                opened.truncate(_end_of_last_line(opened))
        except OSError as error:
            raise OSError(f"cannot write to {file}: {error.strerror or error}") from error

    @property
    def to_standard_output(self) -> bool:
        """Whether lines go to standard output."""
        return self._file is None

    def append(self, fields: dict[str, Any]) -> None:
        """Write one line.

        Raises
        ------
        OSError
            It cannot be written; the lines before it are as they were.
        """
        # In ASCII: names of files may hold bytes that are no text.
        line = json.dumps(fields, allow_nan=False) + "\n"
        if self._file is None:
            sys.stdout.write(line)
            sys.stdout.flush()
            return
        try:
            with self._file.open("ab", buffering=0) as opened:
                _write_whole(opened, line.encode("ascii"))
        except OSError as error:
            raise OSError(f"cannot write to {self._file}: {error.strerror or error}") from error


def _write_whole(opened: RawIOBase, line: bytes) -> None:
    """Write a line, or nothing of it where the disk is full."""
    before = opened.tell() if opened.seekable() else None
    left = memoryview(line)
    try:
        while left:
            left = left[opened.write(left) or 0 :]
    except OSError:
        if before is not None:
            opened.truncate(before)
        raise


def _end_of_last_line(opened: Any) -> int:
    position: int = opened.seek(0, 2)
    while position > 0:
        start = max(0, position - _BLOCK)
        opened.seek(start)
        newline = opened.read(position - start).rfind(b"\n")
        if newline >= 0:
            return start + int(newline) + 1
        position = start
    return 0
