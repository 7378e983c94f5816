"""What the reader should know of views: what was left out, and what cannot be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.sources.endings import counted
from twinscore.images.views.settings import ENVIRONMENT, ITEMS, OF_OBJECTS
from twinscore.scoring.notes import high_overlaps
from twinscore.scoring.views.scores import MOST_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from twinscore.embedding.object_counts import ObjectCounts
    from twinscore.images.views.settings import ViewSettings
    from twinscore.scoring.views.scores import ViewScore

MOST_NAMED = 5
"""Classes or reasons that a sentence has room for."""


def view_notes(
    table: Sequence[ViewScore], counts: Mapping[str, ObjectCounts], views: ViewSettings
) -> Iterator[str]:
    """Say, one sentence each, what the rows of views leave out.

    Parameters
    ----------
    table
        The rows.
    counts
        By side.
    views
        What was asked for.
    """
    yield from _masks(counts, views)
    yield from _one_sided_classes(counts)
    if ITEMS in views.names:
        yield from _unscored_classes(table, counts)
    for side, found in counts.items():
        yield from side_notes(side, found, views)
    yield from overlaps_of_rows(table)
    for row in table:
        if row.score is None:
            what = _name_of(row)
            sides = f"{row.n_real:,} real and {row.n_synthetic:,} synthetic"
            yield f"{what}: {sides} are too few to score"


def overlaps_of_rows(table: Sequence[ViewScore]) -> Iterator[str]:
    """Say in which rows the overlap is no share of pictures, and why."""
    yield from high_overlaps(
        [
            (_name_of(row), row.score, row.overlap, row.score <= row.null_interval[1])
            for row in table
            if row.score is not None and row.overlap is not None and row.null_interval is not None
        ]
    )


def side_notes(side: str, found: ObjectCounts, views: ViewSettings) -> Iterator[str]:
    """Say, one sentence each, what was left out of one side.

    Parameters
    ----------
    side
        "real" or "synthetic".
    found
        Of its objects.
    views
        What was asked for.
    """
    yield from _left_out(side, found, views)
    yield from _problems(side, found)


def _name_of(row: ViewScore) -> str:
    return row.view if row.class_name is None else f"items of class {row.class_name}"


def _masks(counts: Mapping[str, ObjectCounts], views: ViewSettings) -> Iterator[str]:
    """Say where more would be known of items than is looked at."""
    is_known = all(0 < sum(found.objects.values()) == found.masked for found in counts.values())
    if ITEMS in views.names and is_known and not views.without_background:
        yield (
            "items show their boxes, with what lies between an object and its box, although all "
            "masks are known: without_background (--without-background) shows the objects alone"
        )


def _one_sided_classes(counts: Mapping[str, ObjectCounts]) -> Iterator[str]:
    known = {
        side: {name.strip().casefold(): name for name in found.objects}
        for side, found in counts.items()
    }
    for side, names in known.items():
        others = set().union(*(names for other, names in known.items() if other != side))
        alone = [names[key] for key in names if key not in others]
        if alone:
            number = sum(counts[side].objects[name] for name in alone)
            yield (
                f"only the {side} side has the classes {_listed(alone)} "
                f"({counted(number, 'object')}): they count for all items, not by class"
            )


def _unscored_classes(
    table: Sequence[ViewScore], counts: Mapping[str, ObjectCounts]
) -> Iterator[str]:
    if len(counts) < 2:
        return
    scored = {row.class_name.strip().casefold() for row in table if row.class_name is not None}
    one, other = (
        {name.strip().casefold(): name for name in found.objects} for found in counts.values()
    )
    shared = [name for key, name in one.items() if key in other and key not in scored]
    if shared:
        yield (
            f"both sides have the classes {_listed(shared)}, which are not scored apart: their "
            f"objects are left out, or {MOST_CLASSES} other classes have more"
        )


def _left_out(side: str, found: ObjectCounts, views: ViewSettings) -> Iterator[str]:
    looked_at = any(name in OF_OBJECTS for name in views.names)
    objects = sum(found.objects.values())
    if looked_at and found.too_small:
        yield (
            f"{found.too_small:,} of {counted(objects, f'{side} object')} left out: smaller than "
            f"{views.smallest} pixels (smallest_object, --smallest-object)"
        )
    if looked_at and found.without_mask:
        yield f"{counted(found.without_mask, f'{side} object')} left out: without a mask"
    if found.unannotated:
        yield (
            f"{found.unannotated:,} of {counted(found.images, f'{side} image')} not annotated: "
            "they count as scenes only"
        )
    if ENVIRONMENT in views.names and found.covered:
        yield f"{counted(found.covered, f'{side} image')} without environment: objects fill them"


def _problems(side: str, found: ObjectCounts) -> Iterator[str]:
    for is_lost, said in ((True, "left out"), (False, "mended")):
        problems = [problem for problem in found.problems if problem.is_lost is is_lost]
        if problems:
            first = problems[0]
            yield (
                f"{counted(len(problems), f'{side} annotation')} {said}, such as {first.record}: "
                f"{first.reason}"
            )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED:,} more"
