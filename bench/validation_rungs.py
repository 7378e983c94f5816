"""Ladders of synthetic sets with known defects, for `bench/validation.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from validation_changes import (
    Change,
    bent,
    blur,
    cartoon,
    compressed,
    contrast,
    gray,
    inverted,
    levels,
    noise,
    pixelated,
    shuffled,
    sketch,
    swapped,
    turned,
    upside_down,
    zoomed,
)
from validation_sources import (
    DIGITS,
    LETTERS,
    MONO,
    SANS,
    SERIF,
    Hand,
    Labelled,
    folder_of_classes,
    joined,
    patches,
    scanned_digits,
)

if TYPE_CHECKING:
    from pathlib import Path

Recipe = Callable[[Labelled, np.random.Generator], Labelled]
"""From other real images, as a perfect twin would have them, to a synthetic set."""


@dataclass(frozen=True)
class Rung:
    """One synthetic set.

    Attributes
    ----------
    direction
        Of its defect: none, texture, geometry, missing modes, mixture, copies or domain.
    """

    name: str
    direction: str
    make: Recipe


@dataclass(frozen=True)
class Ladder:
    """Real images and the synthetic sets that are scored against them."""

    name: str
    real: Callable[[np.random.Generator], Labelled]
    rungs: tuple[Rung, ...]


def changed(*changes: Change) -> Recipe:
    """Put changes on all images, one after another."""

    def make(real: Labelled, random: np.random.Generator) -> Labelled:
        images = real.images
        for change in changes:
            images = change(images, random)
        return Labelled(np.ascontiguousarray(images), real.labels)

    return make


def partly(share: float, recipe: Recipe) -> Recipe:
    """Make so large a share by a recipe; the rest is sound."""

    def make(real: Labelled, random: np.random.Generator) -> Labelled:
        made = random.random(len(real)) < share
        return joined([real.part(~made), recipe(real.part(made), random)])

    return make


def without_classes(share: float) -> Recipe:
    """Leave out the first classes."""
    return lambda real, _: real.part(real.labels >= round(share * (int(real.labels.max()) + 1)))


def brightest(share: float) -> Recipe:
    """Keep the brightest images of each class."""

    def make(real: Labelled, random: np.random.Generator) -> Labelled:  # noqa: ARG001
        brightness = real.images.mean(axis=(1, 2, 3))
        kept = [
            rows[np.argsort(-brightness[rows])[: max(round(share * len(rows)), 1)]]
            for rows in (np.flatnonzero(real.labels == label) for label in np.unique(real.labels))
        ]
        return real.part(np.concatenate(kept))

    return make


def copied(originals: int) -> Recipe:
    """Repeat a few images, with a little noise."""

    def make(real: Labelled, random: np.random.Generator) -> Labelled:
        rows = random.choice(len(real), originals, replace=False)
        copies = real.part(random.choice(rows, len(real)))
        return Labelled(noise(0.01)(copies.images, random), copies.labels)

    return make


def written(characters: str, hand: Hand, *changes: Change) -> Recipe:
    """Render characters."""
    after = changed(*changes)
    return lambda real, random: after(hand.write(characters, len(real), random), random)


TEXTURE = (
    Rung("noise 0.05", "texture", changed(noise(0.05))),
    Rung("noise 0.2", "texture", changed(noise(0.2))),
    Rung("blur 1", "texture", changed(blur(1.0))),
    Rung("blur 2.5", "texture", changed(blur(2.5))),
    Rung("JPEG 10", "texture", changed(compressed(10))),
    Rung("low contrast", "texture", changed(contrast(0.35))),
    Rung("negative", "texture", changed(inverted)),
    Rung("blocks of 4", "texture", changed(pixelated(4))),
)
GEOMETRY = (
    Rung("turned 60", "geometry", changed(turned(60.0))),
    Rung("upside down", "geometry", changed(upside_down)),
    Rung("zoomed", "geometry", changed(zoomed)),
    Rung("tiles 2 x 2", "geometry", changed(shuffled(2))),
    Rung("bent", "geometry", changed(bent(5.0))),
)
MODES = (
    Rung("fifth of classes missing", "missing modes", without_classes(0.2)),
    Rung("half of classes missing", "missing modes", without_classes(0.5)),
    Rung("brightest half", "missing modes", brightest(0.5)),
    Rung("30 originals copied", "copies", copied(30)),
    Rung("100 originals copied", "copies", copied(100)),
)
MIXTURES = (
    Rung("half with noise", "mixture", partly(0.5, changed(noise(0.2)))),
    Rung("80 % blurred", "mixture", partly(0.8, changed(blur(2.5)))),
)
SOUND = Rung("sound", "none", changed())
COLOR = (
    Rung("noise 0.4", "texture", changed(noise(0.4))),
    Rung("two tones", "texture", changed(levels(2))),
    Rung("gray", "texture", changed(gray)),
    Rung("colors exchanged", "texture", changed(swapped)),
    Rung("tiles 4 x 4", "geometry", changed(shuffled(4))),
    Rung("cartoon", "domain", changed(cartoon)),
    Rung("sketch", "domain", changed(sketch)),
    Rung("half cartoon", "mixture", partly(0.5, changed(cartoon))),
)
STEADY = Hand(SANS[:1], 0.0, 0.0, 0.0, 0.0)
LOOSE = Hand(SERIF + SANS + MONO, 20.0, 0.35, 0.2, 3.0)
FONTS = (
    Rung("one font", "domain", written(DIGITS, STEADY)),
    Rung("one font, moved", "domain", written(DIGITS, Hand(SANS[:1]))),
    Rung("20 fonts", "domain", written(DIGITS, Hand(SERIF + SANS + MONO))),
    Rung("20 fonts, loose", "domain", written(DIGITS, LOOSE)),
    Rung("20 fonts, loose, bent", "domain", written(DIGITS, LOOSE, bent(3.0), blur(1.0))),
    Rung("half 20 fonts", "mixture", partly(0.5, written(DIGITS, LOOSE))),
)
OTHER_FONTS = (
    Rung("one serif font", "domain", written(LETTERS, Hand(SERIF[:1]))),
    Rung("two serif fonts", "domain", written(LETTERS, Hand(SERIF[4:6]))),
    Rung("five serif fonts", "domain", written(LETTERS, Hand(SERIF[:5]))),
    Rung("one sans font", "domain", written(LETTERS, Hand(SANS[:1]))),
    Rung("sans fonts", "domain", written(LETTERS, Hand(SANS))),
    Rung("mono fonts", "domain", written(LETTERS, Hand(MONO))),
    Rung("sans and mono fonts", "domain", written(LETTERS, Hand(SANS + MONO))),
    Rung("not moved", "domain", written(LETTERS, Hand(SERIF, 0.0, 0.0, 0.0, 0.0))),
    Rung("moved more", "geometry", written(LETTERS, Hand(SERIF, 30.0, 0.4, 0.3, 4.0))),
    Rung("half sans fonts", "mixture", partly(0.5, written(LETTERS, Hand(SANS)))),
)


def ladders(folder: Path | None = None) -> list[Ladder]:
    """List the ladders: three of packages alone, and one more where a folder of classes is."""
    found = [
        Ladder(
            "digits",
            lambda _: scanned_digits(),
            (SOUND, *TEXTURE, *GEOMETRY, *MODES, *MIXTURES, *FONTS),
        ),
        Ladder(
            "patches", lambda _: patches(), (SOUND, *TEXTURE, *COLOR, *GEOMETRY, *MODES, *MIXTURES)
        ),
        Ladder(
            "letters",
            lambda random: Hand(SERIF).write(LETTERS, 1_500, random),
            (SOUND, *TEXTURE[1:5:2], *GEOMETRY[:2], *MODES[1:4], *MIXTURES[:1], *OTHER_FONTS),
        ),
    ]
    if folder is not None:
        found.append(
            Ladder(
                f"folder {folder.name}",
                lambda _: folder_of_classes(folder),
                (SOUND, *TEXTURE, *COLOR, *GEOMETRY, *MODES, *MIXTURES),
            )
        )
    return found
