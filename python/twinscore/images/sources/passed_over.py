"""Files that are images by their ending and yet are not read: counted, and said."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from twinscore.base.extras import pip_command
from twinscore.images.sources.endings import counted, extra_for, is_unread_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def count_passed_over(names: Iterable[str]) -> dict[str, int]:
    """Count the names of images that are not read, by their ending."""
    return dict(Counter(ending_of(name) for name in names if is_unread_image(name)))


def ending_of(name: str) -> str:
    """Return the ending of a name in lower case, with its dot."""
    return "." + name.rpartition(".")[2].lower()


def passed_over_by(source: object) -> dict[str, int]:
    """Return what a source passed over, by ending; nothing where it does not say."""
    return dict(getattr(source, "passed_over", {}))


def added_up(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add up what several sources passed over."""
    total: Counter[str] = Counter()
    for of_one in counts:
        total.update(of_one)
    return dict(total)


def describe_passed_over(counts: Mapping[str, int]) -> str:
    """Say how many images were passed over, and what would read them.

    Examples
    --------
    >>> describe_passed_over({".svg": 2, ".cr2": 5})
    '7 image files passed over: 5 .cr2, 2 .svg, which are not read'
    """
    in_order = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    unread = [f"{count:,} {ending}" for ending, count in in_order if extra_for(ending) is None]
    parts = [f"{', '.join(unread)}, which are not read"] if unread else []
    for extra in sorted({extra for ending in counts if (extra := extra_for(ending)) is not None}):
        files = [f"{count:,} {ending}" for ending, count in in_order if extra_for(ending) == extra]
        parts.append(f"{', '.join(files)}, which {pip_command(extra)} reads")
    return f"{counted(sum(counts.values()), 'image file')} passed over: {'; '.join(parts)}"
