"""Numbers as options take them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click import Context, Parameter


class Number(click.FloatRange):
    """A number within a range; not nan, which lies outside of none."""

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> Any:
        """Read it, or refuse it as wrong usage."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail("expected a number, got nan", param, ctx)
        return number
