"""Spans of time as people write them."""

from __future__ import annotations

import re

import click

SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def seconds_of(
    _context: click.Context, _parameter: click.Parameter, words: str | None
) -> float | None:
    """Read a span such as 90, 90s, 1.5m or 2h: the callback of an option."""
    if words is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)", words.strip())
    if found is None or found[2] not in SECONDS or float(found[1]) == 0.0:
        raise click.BadParameter(f"expected a time such as 60s, 5m or 1h, got {words!r}")
    return float(found[1]) * SECONDS[found[2]]
