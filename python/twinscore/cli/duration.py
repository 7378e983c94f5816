"""Spans of time as people write them."""

from __future__ import annotations

import re
from typing import Any

import click

SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


class Duration(click.ParamType):
    """A span such as 90, 90s, 1.5m or 2h, in seconds."""

    name = "duration"

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> float:
        """Turn the words into seconds."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)", str(value).strip())
        if found is None or found[2] not in SECONDS or float(found[1]) == 0.0:
            self.fail(f"expected a time such as 60s, 5m or 1h, got {value!r}", parameter, context)
        return float(found[1]) * SECONDS[found[2]]
