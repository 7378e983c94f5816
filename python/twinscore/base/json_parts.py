"""JSON objects too large to be held as a whole: the entries of long lists are handed on singly."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from twinscore.base.json_text import parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def parse_json_in_parts(
    encoded: bytes, parts: Mapping[str, Callable[[int, Any], None]]
) -> dict[str, Any] | Any:
    """Parse a JSON object some of whose values are long lists.

    Parameters
    ----------
    encoded
        Of the encodings that `json.loads` takes.
    parts
        By key: where the value is a list, called with the place of each entry and the entry, which
        is then let go. They are called while it is not known whether the rest is JSON.

    Returns
    -------
    dict or another JSON type
        The object without these lists; what is no object, as it is.

    Raises
    ------
    ValueError
        It is no JSON, or nested so deeply that only an attack is.
    """
    text = encoded.decode(json.detect_encoding(encoded), "surrogatepass")
    place = _after_space(text, 0)
    if not text.startswith("{", place):
        return parse_json(text)
    try:
        return _members(text, place + 1, parts)
    except RecursionError as error:
        raise ValueError("JSON nested too deeply") from error


def _members(
    text: str, place: int, parts: Mapping[str, Callable[[int, Any], None]]
) -> dict[str, Any]:
    members: dict[str, Any] = {}
    place = _after_space(text, place)
    is_open = not text.startswith("}", place)
    place = place if is_open else place + 1
    while is_open:
        if not text.startswith('"', place):
            raise json.JSONDecodeError(
                "Expecting property name enclosed in double quotes", text, place
            )
        key, place = _DECODER.raw_decode(text, place)
        place = _after_space(text, place)
        if not text.startswith(":", place):
            raise json.JSONDecodeError("Expecting ':' delimiter", text, place)
        place = _after_space(text, place + 1)
        if key in parts and text.startswith("[", place):
            place = _entries(text, place + 1, parts[key])
        else:
            members[key], place = _value(text, place)
        is_open, place = _next(text, place, "}")
    place = _after_space(text, place)
    if place != len(text):
        raise json.JSONDecodeError("Extra data", text, place)
    return members


def _entries(text: str, place: int, take: Callable[[int, Any], None]) -> int:
    """Hand on the entries of a list; return where it ends."""
    place = _after_space(text, place)
    if text.startswith("]", place):
        return place + 1
    number, is_open = 0, True
    while is_open:
        entry, place = _value(text, place)
        take(number, entry)
        number += 1
        is_open, place = _next(text, place, "]")
    return place


def _value(text: str, place: int) -> tuple[Any, int]:
    return _DECODER.raw_decode(text, place)


def _next(text: str, place: int, end: str) -> tuple[bool, int]:
    """Return whether another member follows, and where it begins, or where the last one ends."""
    place = _after_space(text, place)
    if text.startswith(end, place):
        return False, place + 1
    if not text.startswith(",", place):
        raise json.JSONDecodeError("Expecting ',' delimiter", text, place)
    return True, _after_space(text, place + 1)


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    assert found is not None
    return found.end()
