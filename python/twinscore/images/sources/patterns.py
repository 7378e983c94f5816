"""Paths with wildcards and brace ranges."""

from __future__ import annotations

import glob
import itertools
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.logs import logger_of
from twinscore.images.sources.endings import counted, is_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_WILDCARD = re.compile(r"[*?\[]")

_logger = logger_of(__name__)


def is_pattern(text: str) -> bool:
    """Tell whether a text has wildcards or brace ranges."""
    return has_wildcard(text) or expand_braces(text) != [text]


def has_wildcard(text: str) -> bool:
    """Tell whether a text has ``*``, ``?`` or ``[``."""
    return _WILDCARD.search(text) is not None


def expand_braces(text: str) -> list[str]:
    """Write out braces: ``{0000..0009}``, with the zeros it begins with, and ``{day,night}``.

    Examples
    --------
    >>> expand_braces("{a,b}-{08..10}.tar")
    ['a-08.tar', 'a-09.tar', 'a-10.tar', 'b-08.tar', 'b-09.tar', 'b-10.tar']
    """
    pieces = _BRACES.split(text)
    choices = [_choices(piece) if place % 2 else [piece] for place, piece in enumerate(pieces)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def match_files(pattern: str) -> list[str]:
    """List the files that a pattern matches, ordered by path; ``**`` is any depth of folders.

    Hidden files, folders, links out of the folder where the wildcards begin, and second names of
    one file are passed over; links left out are logged.
    """
    root = os.path.realpath(fixed_part(pattern))
    matches = sorted(
        match
        for match in glob.iglob(pattern, recursive=True)  # noqa: PTH207
        if Path(match).is_file() and not is_hidden(os.path.relpath(match, fixed_part(pattern)))
    )
    kept = list(_within(matches, root))
    if len(kept) < len(matches):
        left_out = counted(len(matches) - len(kept), "link")
        _logger.warning("%s: %s left out", pattern, left_out)
    return kept


def _within(matches: list[str], root: str) -> Iterator[str]:
    targets = {match: os.path.realpath(match) for match in matches}
    listed = {target for match, target in targets.items() if not Path(match).is_symlink()}
    for match, target in targets.items():
        is_link = Path(match).is_symlink()
        if Path(target).is_relative_to(root) and not (is_link and target in listed):
            listed.add(target)
            yield match


def fixed_part(pattern: str) -> str:
    """Return the folder in front of the first part with a wildcard."""
    parts = Path(pattern).parts
    fixed = list(itertools.takewhile(lambda part: not has_wildcard(part), parts))
    return str(Path(*fixed)) if fixed else "."


def _choices(inside: str) -> list[str]:
    numbers = _RANGE.fullmatch(inside)
    if numbers is not None:
        first, last = numbers[1], numbers[2]
        step = 1 if int(first) <= int(last) else -1
        width = len(first) if first.startswith("0") or last.startswith("0") else 0
        return [f"{n:0{width}}" for n in range(int(first), int(last) + step, step)]
    return inside.split(",") if "," in inside else [f"{{{inside}}}"]
