"""How many images of a side may be unreadable before a score misleads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.base.errors import TooManySkipsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.embedding.records import Skipped

MOST_SKIPPED = 0.05
"""Share of unreadable images of one side above which a score needs the caller's consent."""


def check_skips(skipped: Sequence[Skipped], images: int, side: str) -> None:
    """Refuse a side of which too much is missing.

    Parameters
    ----------
    skipped
        Its images that cannot be read.
    images
        How many it has, with these.
    side
        "real" or "synthetic".

    Raises
    ------
    TooManySkipsError
        More than `MOST_SKIPPED` of them are missing.
    """
    if len(skipped) <= MOST_SKIPPED * images:
        return
    first = skipped[0]
    raise TooManySkipsError(
        f"{len(skipped):,} of {images:,} {side} images could not be read, more than "
        f"{MOST_SKIPPED:.0%} (the first: {first.name}: {first.reason}); "
        "allow_skips (--allow-skips) scores the others"
    )
