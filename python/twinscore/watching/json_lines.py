"""Results appended to a file, a line each, that stays readable after a crash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 4096


class JsonLines:
    """Appends one JSON object a line and flushes it.

    A line that a crash left unfinished is cut off when the file is opened.

    Parameters
    ----------
    file
        Made if it does not exist; its folder must.

    Raises
    ------
    OSError
        The file cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            with file.open("ab+") as opened:
                if opened.seekable():
                    end = _end_of_last_line(opened)
                    opened.truncate(end)
        except OSError as error:
            raise OSError(f"cannot write to {file}: {error.strerror or error}") from error

    def append(self, fields: dict[str, Any]) -> None:
        """Write one line."""
        line = json.dumps(fields, ensure_ascii=False, allow_nan=False) + "\n"
        try:
            with self._file.open("a", encoding="utf-8") as opened:
                opened.write(line)
        except OSError as error:
            raise OSError(f"cannot write to {self._file}: {error.strerror or error}") from error


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
