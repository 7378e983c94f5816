"""Crops of the colour photographs that scikit-image and scikit-learn bring along."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.extras import require

if TYPE_CHECKING:
    from PIL import Image

# The colour photographs of everyday things in the two packages. Of the two stereo pictures of
# the motorcycle only one: the same spoke on both sides would be a leak.
PHOTOGRAPHS = (
    ("skimage", "data/astronaut.png"),
    ("skimage", "data/chelsea.png"),
    ("skimage", "data/coffee.png"),
    ("skimage", "data/motorcycle_left.png"),
    ("skimage", "data/rocket.jpg"),
    ("sklearn", "datasets/images/china.jpg"),
    ("sklearn", "datasets/images/flower.jpg"),
)

CROP_PIXELS = 160
LARGE_TILE = 84
SMALL_TILE = 42
SHARE_OF_SMALL = 0.5
LEAST_CONTRAST = 8.0


@dataclass(frozen=True, slots=True)
class Crop:
    """A square tile of a photograph.

    Attributes
    ----------
    photograph
        File name of the photograph.
    left, top, side
        Where the tile lies in it, in pixels.
    image
        The tile, RGB, enlarged to 160 x 160 pixels.
    """

    photograph: str
    left: int
    top: int
    side: int
    image: Image.Image


def cut_photographs(seed: int = 0) -> tuple[list[Crop], list[Crop]]:
    """Cut the photographs into tiles and deal them out to two sides by lot.

    No two tiles overlap, within a side or across, and every way to deal them is equally likely:
    the sides are exchangeable, so an untouched second side has the expected score 1, however
    alike the tiles of one photograph are. Tiles that show next to nothing are left out before.

    Parameters
    ----------
    seed
        Chooses the tiles and deals them.

    Returns
    -------
    tuple of two lists of Crop
        Two sides of equal size.

    Raises
    ------
    MissingExtraError
        scikit-image or scikit-learn is not installed.
    FileNotFoundError
        An installed package lacks one of its photographs.
    """
    random = np.random.default_rng(seed)
    crops = [
        crop
        for package, relative in PHOTOGRAPHS
        for crop in _cut(_photograph_path(package, relative), random)
    ]
    dealt = [crops[place] for place in random.permutation(len(crops))]
    half = len(dealt) // 2
    return dealt[:half], dealt[half : 2 * half]


def _photograph_path(package: str, relative: str) -> Path:
    module = require(package, extra="demo", purpose="the demo")
    path = Path(module.__file__).parent / relative
    if not path.is_file():
        raise FileNotFoundError(f"the demo expected the photograph {relative!r} in {package!r}")
    return path


def _cut(path: Path, random: np.random.Generator) -> list[Crop]:
    from PIL import Image

    with Image.open(path) as opened:
        photograph = opened.convert("RGB")
    crops = []
    for left, top, side in _tiles(photograph.size, random):
        tile = photograph.crop((left, top, left + side, top + side))
        if np.asarray(tile.convert("L")).std() >= LEAST_CONTRAST:
            enlarged = tile.resize((CROP_PIXELS, CROP_PIXELS), Image.Resampling.BICUBIC)
            crops.append(Crop(path.name, left, top, side, enlarged))
    return crops


def _tiles(size: tuple[int, int], random: np.random.Generator) -> list[tuple[int, int, int]]:
    """Lay a grid of large tiles and break some of them into small ones: (left, top, side)."""
    columns, rows = (extent // LARGE_TILE for extent in size)
    first_left, first_top = (int(random.integers(extent % LARGE_TILE + 1)) for extent in size)
    tiles = []
    for row in range(rows):
        for column in range(columns):
            left = first_left + column * LARGE_TILE
            top = first_top + row * LARGE_TILE
            side = SMALL_TILE if random.random() < SHARE_OF_SMALL else LARGE_TILE
            tiles += [
                (left + right, top + down, side)
                for down in range(0, LARGE_TILE, side)
                for right in range(0, LARGE_TILE, side)
            ]
    return tiles
