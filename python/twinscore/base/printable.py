"""Text from outside, made fit to be shown: control characters are seen, not obeyed."""

from __future__ import annotations

import re

_OBEYED = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: escape sequences, new lines, bells
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of text
    "\u2028\u2029"  # separators of lines and paragraphs
    "\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # without any width
    "\ud800-\udfff"  # bytes of a file name that are no text
    "]"
)
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF


def printable(text: object) -> str:
    r"""Write what a terminal, a log or a page would obey as an escape that shows it.

    For everything that comes from outside: names of files and members, values of columns, reasons
    of failure, titles, whatever quotes one of them. The result is one line.

    Parameters
    ----------
    text
        Text, or what `str` makes text of.

    Examples
    --------
    >>> print(printable("a\x1b[2Jb\nc.png"))
    a\x1b[2Jb\nc.png
    """
    return _OBEYED.sub(_escaped, str(text))


def printable_lines(text: str) -> str:
    """Do the same to each line of a text that may have several."""
    return "\n".join(map(printable, text.split("\n")))


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if _FIRST_BYTE <= code <= _LAST_BYTE:
        return f"\\x{code - 0xDC00:02x}"
    return match[0].encode("unicode_escape", "backslashreplace").decode()
