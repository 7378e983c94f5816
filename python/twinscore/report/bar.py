"""A share as the first screen draws it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """A share between 0 and 1, drawn as a bar.

    Attributes
    ----------
    name
        One word: what it is a share of.
    value
        None where it cannot be told; the remark then says why, and what to do.
    figure
        The value in as many digits as its interval allows; empty where there is none.
    remark
        How sure it is and what it means, in about 40 characters.
    """

    name: str
    value: float | None
    figure: str
    remark: str
