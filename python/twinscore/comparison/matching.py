"""Which image of one set is the same scene as which of the other: equal names tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twinscore.comparison.result import MovedImage

if TYPE_CHECKING:
    from collections.abc import Sequence


def scene_names(names: Sequence[str]) -> list[str]:
    """Strip what all names share: the folder that the set lies in."""
    if not names:
        return []
    parts = [name.split("/") for name in names]
    shared = 0
    for level in zip(*(of_name[:-1] for of_name in parts), strict=False):
        if len(set(level)) > 1:
            break
        shared += 1
    return ["/".join(of_name[shared:]) for of_name in parts]


def match_scenes(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Pair rows of equal scene names; a name that occurs twice in a set pairs with nothing."""
    places = [_places(scene_names(names)) for names in (first, second)]
    return [
        (row, places[1][name])
        for name, row in places[0].items()
        if row >= 0 and places[1].get(name, -1) >= 0
    ]


def _places(names: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for row, name in enumerate(names):
        places[name] = -1 if name in places else row
    return places


def moved_images(
    first: Sequence[tuple[str, float]], second: Sequence[tuple[str, float]]
) -> tuple[MovedImage, ...]:
    """Pair images by scene and order them by how far they moved.

    Parameters
    ----------
    first, second
        Name and giveaway of each synthetic image.
    """
    pairs = match_scenes([name for name, _ in first], [name for name, _ in second])
    moved = []
    for row, other in pairs:
        (name, before), (other_name, after) = first[row], second[other]
        moved.append(MovedImage(name, other_name, before, after, _change(before, after)))
    return tuple(sorted(moved, key=lambda image: (-abs(image.change), image.first)))


def _change(before: float, after: float) -> float:
    if before == after:
        return 0.0
    if math.isinf(before) or math.isinf(after):
        return math.inf if math.isinf(after) else -math.inf
    return math.log(after / before)
