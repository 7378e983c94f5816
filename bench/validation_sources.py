"""Labelled real images for `bench/validation.py`, from packages alone or from a folder.

Every image is 32 x 32, RGB; no two of them share a pixel of a photograph or a scan.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Images = npt.NDArray[np.uint8]
"""Shape (n, 32, 32, 3)."""

Labels = npt.NDArray[np.int64]
"""Shape (n,), 0 .. classes - 1."""

SIDE = 32
DRAWN = 96
"""Side at which characters are drawn, before they are made small."""

PHOTOGRAPHS = (
    ("skimage.data", "astronaut.png"),
    ("skimage.data", "brick.png"),
    ("skimage.data", "camera.png"),
    ("skimage.data", "coffee.png"),
    ("skimage.data", "grass.png"),
    ("skimage.data", "gravel.png"),
    ("skimage.data", "ihc.png"),
    ("skimage.data", "motorcycle_left.png"),
    ("sklearn.datasets.images", "china.jpg"),
    ("sklearn.datasets.images", "flower.jpg"),
)
"""A class each: a patch is to be told from patches of the other nine."""

SERIF = (
    "DejaVuSerif.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSerif-Italic.ttf",
    "DejaVuSerif-BoldItalic.ttf",
    "STIXGeneral.ttf",
    "STIXGeneralBol.ttf",
    "STIXGeneralItalic.ttf",
    "STIXGeneralBolIta.ttf",
    "cmr10.ttf",
    "cmb10.ttf",
)
SANS = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSans-Oblique.ttf",
    "DejaVuSans-BoldOblique.ttf",
    "cmss10.ttf",
)
MONO = (
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
    "DejaVuSansMono-Oblique.ttf",
    "DejaVuSansMono-BoldOblique.ttf",
    "cmtt10.ttf",
)
DIGITS = "0123456789"
LETTERS = "abdegnqrst"
"""In ten of which strokes and bowls recur, so that they are not told apart by size alone."""


@dataclass(frozen=True)
class Labelled:
    """Images and their classes, in step."""

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, rows: npt.NDArray[np.integer | np.bool_] | slice) -> Labelled:
        """Take some of them."""
        return Labelled(self.images[rows], self.labels[rows])


def joined(parts: Sequence[Labelled]) -> Labelled:
    """Put one after another."""
    return Labelled(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )


def scanned_digits() -> Labelled:
    """Return the 1,797 handwritten digits of scikit-learn."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = [_square(Image.fromarray((image * 15.9).astype(np.uint8))) for image in digits.images]
    return Labelled(np.stack(images), digits.target.astype(np.int64))


def patches() -> Labelled:
    """Cut ten photographs of scikit-image and scikit-learn into tiles that do not overlap."""
    parts = []
    for label, (package, name) in enumerate(PHOTOGRAPHS):
        with (files(package) / name).open("rb") as stream:
            pixels = np.asarray(Image.open(stream).convert("RGB"))
        rows, columns = pixels.shape[0] // SIDE, pixels.shape[1] // SIDE
        tiles = pixels[: rows * SIDE, : columns * SIDE].reshape(rows, SIDE, columns, SIDE, 3)
        tiles = tiles.swapaxes(1, 2).reshape(-1, SIDE, SIDE, 3)
        parts.append(Labelled(tiles, np.full(len(tiles), label, dtype=np.int64)))
    return joined(parts)


def folder_of_classes(folder: Path) -> Labelled:
    """Read a folder with a folder for each class.

    Raises
    ------
    ValueError
        There are fewer than two folders of images.
    """
    parts: list[Labelled] = []
    for label, directory in enumerate(sorted(path for path in folder.iterdir() if path.is_dir())):
        images = [
            _square(Image.open(file))
            for file in sorted(directory.rglob("*"))
            if file.suffix.lower() in Image.registered_extensions()
        ]
        if images:
            parts.append(Labelled(np.stack(images), np.full(len(images), label, dtype=np.int64)))
    if len(parts) < 2:
        raise ValueError(f"expected a folder for each of two classes or more in {folder}")
    return joined(parts)


@dataclass(frozen=True)
class Hand:
    """How characters are drawn.

    Attributes
    ----------
    fonts
        Files of matplotlib, any of them for any image.
    turn, shear, scale, shift
        Largest changes of each image: degrees, a share of the side, a share of the size, pixels.
    """

    fonts: tuple[str, ...]
    turn: float = 8.0
    shear: float = 0.1
    scale: float = 0.1
    shift: float = 2.0

    def write(self, characters: str, count: int, random: np.random.Generator) -> Labelled:
        """Draw so many images, as many of each character, in white on black."""
        labels = np.arange(count, dtype=np.int64) % len(characters)
        images = [self._draw(characters[label], random) for label in labels.tolist()]
        order = random.permutation(count)
        return Labelled(np.stack(images)[order], labels[order])

    def _draw(self, character: str, random: np.random.Generator) -> Images:
        glyph = _glyph(self.fonts[random.integers(len(self.fonts))], character)
        angle = np.deg2rad(random.uniform(-self.turn, self.turn))
        turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        sheared = np.array([[1.0, random.uniform(-self.shear, self.shear)], [0.0, 1.0]])
        matrix = turned @ sheared / np.exp(random.uniform(-self.scale, self.scale))
        middle = np.full(2, DRAWN / 2)
        moved = middle + random.uniform(-self.shift, self.shift, 2) * DRAWN / SIDE
        offset = middle - matrix @ moved
        drawn = glyph.transform(
            glyph.size,
            Image.Transform.AFFINE,
            (*matrix[0], offset[0], *matrix[1], offset[1]),
            Image.Resampling.BILINEAR,
        )
        return _square(drawn)


@cache
def _glyph(font: str, character: str) -> Image.Image:
    file = files("matplotlib") / "mpl-data" / "fonts" / "ttf" / font
    drawing_font = ImageFont.truetype(io.BytesIO(file.read_bytes()), 72)
    image = Image.new("L", (DRAWN, DRAWN))
    drawing = ImageDraw.Draw(image)
    drawing.text((DRAWN / 2, DRAWN / 2), character, 255, font=drawing_font, anchor="mm")
    return image


def _square(image: Image.Image) -> Images:
    """Bring an image to the size of all."""
    method = Image.Resampling.BICUBIC if image.width < SIDE else Image.Resampling.BOX
    return np.asarray(image.convert("RGB").resize((SIDE, SIDE), method), dtype=np.uint8)
