"""What speaks against taking a score at face value, in few words and in full."""

from __future__ import annotations

HEADLINE = 48
"""Characters of a headline, at most."""


def headline(caution: str) -> str:
    """Return what a caution is about: its words up to the first colon, or its first words.

    Parameters
    ----------
    caution
        One of ``result.warnings``: "near-copies among real images (61 of 380): they lower ...".
    """
    for end in (": ", "; ", ", "):
        about, _, rest = caution.partition(end)
        # The first of several names would pass for the only one.
        if len(about.strip()) <= HEADLINE and not (about.endswith("'") and rest.startswith("'")):
            return about.strip()
    start = caution[: HEADLINE - 1]
    return (start.rpartition(" ")[0] or start).rstrip(" :,;(") + " …"
