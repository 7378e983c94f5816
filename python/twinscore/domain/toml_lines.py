"""Where in a TOML text a key stands: tomllib tells lines of errors in the syntax only."""

from __future__ import annotations

import bisect
import tomllib
from typing import Any, TypeAlias

KeyPath: TypeAlias = "tuple[str | int, ...]"


def line_of(text: str, path: KeyPath) -> int | None:
    """Return the line, from 1, at which a key is given its value.

    Lines only add to what stands before them, so the first one after which the text holds the key
    ends the statement that brings it. The parser itself says where statements end: keys in quotes,
    with dots, and in tables of any kind are found by the rules of the language.

    Parameters
    ----------
    text
        Valid TOML.
    path
        Keys and places in arrays that lead to the value. Where it is not there, the line of what
        would hold it is meant.

    Returns
    -------
    None where not even the first key is there.
    """
    text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    whole = tomllib.loads(text)
    while path and not _holds(whole, path):
        path = path[:-1]
    if not path:
        return None
    counts = range(len(lines) + 1)
    end = bisect.bisect_left(counts, True, key=lambda count: _holds(_parsed(lines, count)[0], path))
    start = _parsed(lines, end - 1)[1]
    key = next(part for part in reversed(path) if isinstance(part, str))
    for number in range(start, end):
        if key in lines[number]:
            return number + 1
    return start + 1


def _parsed(lines: list[str], count: int) -> tuple[dict[str, Any], int]:
    """Parse as many of the first lines as make whole statements; return their number as well."""
    while count > 0:
        try:
            return tomllib.loads("\n".join(lines[:count])), count
        except tomllib.TOMLDecodeError:
            count -= 1
    return {}, 0


def _holds(table: Any, path: KeyPath) -> bool:
    for part in path:
        if isinstance(table, dict):
            there = part in table
        else:
            there = isinstance(table, list) and isinstance(part, int) and part < len(table)
        if not there:
            return False
        table = table[part]
    return True
