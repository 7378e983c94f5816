"""The galleries of the page, with the words around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.report.galleries import Exhibit, Gallery


@dataclass(frozen=True, slots=True)
class GallerySection:
    """A gallery with the words around it.

    Attributes
    ----------
    key, title, text
        Of the section; the text says what the words under an exhibit mean.
    gallery
        What it shows.
    words
        Says of an exhibit what ranks it.
    """

    key: str
    title: str
    text: str
    gallery: Gallery
    words: Callable[[Exhibit], str]


def gallery_sections(galleries: dict[str, Gallery]) -> list[GallerySection]:
    """Return the galleries that have something to show, in the order in which to look."""
    return [
        GallerySection(key, title, text, galleries[key], words)
        for key, title, text, words in _SECTIONS
        if key in galleries and galleries[key].exhibits
    ]


def not_found(galleries: dict[str, Gallery]) -> list[str]:
    """Say which questions have no image for an answer."""
    return [
        said for key, said in _NOT_FOUND.items() if key in galleries and not galleries[key].exhibits
    ]


def _giveaway(exhibit: Exhibit) -> str:
    if not np.isfinite(exhibit.figure):
        return "an equal one is synthetic" + _alike(exhibit)
    return f"{exhibit.figure:.2f} times as far" + _alike(exhibit)


def _distance(exhibit: Exhibit) -> str:
    return f"distance {exhibit.figure:.3g}" + _alike(exhibit)


def _remoteness(exhibit: Exhibit) -> str:
    if not np.isfinite(exhibit.figure):
        return "no synthetic image among its copies" + _alike(exhibit)
    return f"{exhibit.figure:.2f} times as far" + _alike(exhibit)


def _stands_for(exhibit: Exhibit) -> str:
    return f"stands for {exhibit.alike + 1:,} photographs" if exhibit.alike else "alone of its kind"


def _copied(exhibit: Exhibit) -> str:
    if exhibit.figure == 0.0:
        return "the same embedding"
    return f"at {exhibit.figure:.0%} of the usual distance"


def _same(exhibit: Exhibit) -> str:
    return "the same embedding" + (f", {exhibit.alike} more" if exhibit.alike else "")


def _alike(exhibit: Exhibit) -> str:
    return f", and {exhibit.alike} more like it" if exhibit.alike else ""


_SECTIONS: tuple[tuple[str, str, str, Callable[[Exhibit], str]], ...] = (
    (
        "giveaways",
        "Give-aways",
        "Synthetic images, each beside its nearest real one, those first that are the most times "
        "as far from a real image as from another synthetic one. What do they have in common "
        "that no real image has? Mend that, render again, score again.",
        _giveaway,
    ),
    (
        "passing",
        "Passing",
        "Synthetic images whose nearest image of all is a real one, the nearest first. What do "
        "they have that the others lack?",
        _distance,
    ),
    (
        "missing",
        "Missing",
        "Real images that lie among other real ones while no synthetic one comes near, each "
        "beside its nearest synthetic one, those first that are the most times as far from it as "
        "from their own kind. Scenes, light or views that the twin does not have.",
        _remoteness,
    ),
    (
        "gaps",
        "Gaps",
        "Real images that no synthetic one comes near, now or with more of the same, each beside "
        "the synthetic image that comes nearest, those first that most others are like. What would "
        "cover them is another recipe: the scene, light or view that they show.",
        _stands_for,
    ),
    (
        "copies",
        "Suspected copies",
        "Synthetic images much nearer to a real one than that one is to other real ones, which is "
        "the usual distance. Copies and leaks between the sides raise the score.",
        _copied,
    ),
    (
        "duplicates",
        "Duplicates",
        "Images with exactly the same embedding, on one side or across.",
        _same,
    ),
)

_NOT_FOUND = {
    "giveaways": "synthetic images that give the twin away",
    "passing": "synthetic images that pass",
    "missing": "real images that no synthetic one comes near",
    "gaps": "gaps: real images that no synthetic one comes near",
    "copies": "suspected copies",
    "duplicates": "duplicates",
}
