"""Real embeddings for benches: random crops of real photographs, through the default embedder.

Sources, whichever are there: a folder of images given by the caller, and the photographs that
come with scikit-image and scikit-learn. A crop covers 8 to 100 % of a photograph and half of them
are mirrored, so that neighbors are alike without being copies.

    python bench/photographs.py CROPS [--count 400]

writes crops of the photographs of the packages into a folder, for benches that read images.
"""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from platformdirs import user_cache_dir

from twinscore.embedding.network.embedder import Embedder
from twinscore.images.decoding import read_image
from twinscore.images.sources import FolderSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import FloatMatrix

PACKAGED = {
    "skimage.data": (
        "astronaut.png",
        "chelsea.png",
        "coffee.png",
        "rocket.jpg",
        "motorcycle_left.png",
        "hubble_deep_field.jpg",
        "ihc.png",
        "retina.jpg",
    ),
    "sklearn.datasets.images": ("china.jpg", "flower.jpg"),
}
SMALLEST_SHARE = 0.08


def cached_crops(count: int, folder: Path | None, seed: int = 0) -> FloatMatrix:
    """Embed `count` random crops, as many of each photograph as of any other.

    Of the embeddings made before, the first rows are reused: crops come in one fixed order.
    """
    photographs = list(load_photographs(folder))
    cache = Path(user_cache_dir("twinscore")) / f"bench-crops-{len(photographs)}-{seed}.npy"
    if cache.exists():
        embeddings: FloatMatrix = np.load(cache, mmap_mode="r")
        if len(embeddings) >= count:
            return np.ascontiguousarray(embeddings[:count])
    embeddings = Embedder().embed(random_crops(photographs, count, seed))
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.save(cache, embeddings)
    return embeddings


def mixed(embeddings: FloatMatrix, count: int, random: np.random.Generator) -> FloatMatrix:
    """Mix pairs of embeddings: as many distinct points as asked for, placed like real ones."""
    first, second = random.integers(len(embeddings), size=(2, count))
    weight = random.uniform(0.0, 0.5, size=(count, 1)).astype(np.float32)
    points: FloatMatrix = embeddings[first] * (1 - weight) + embeddings[second] * weight
    return points


def load_photographs(folder: Path | None) -> Iterator[Image.Image]:
    """Load the photographs into memory."""
    for package, names in PACKAGED.items():
        location = files(package)
        yield from (read_image((location / name).read_bytes()) for name in names)
    if folder is not None:
        yield from (read_image(item.content) for item in FolderSource(folder))


def random_crops(photographs: list[Image.Image], count: int, seed: int) -> Iterator[Image.Image]:
    """Cut crops of random size, shape and place."""
    random = np.random.default_rng(seed)
    for i in range(count):
        photograph = photographs[i % len(photographs)]
        share = random.uniform(SMALLEST_SHARE, 1.0)
        aspect = np.exp(random.uniform(-0.3, 0.3))
        width = min(photograph.width, round(photograph.width * np.sqrt(share) * aspect))
        height = min(photograph.height, round(photograph.height * np.sqrt(share) / aspect))
        left = int(random.integers(photograph.width - width + 1))
        top = int(random.integers(photograph.height - height + 1))
        crop = photograph.crop((left, top, left + width, top + height))
        yield crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else crop


def main() -> None:
    """Write crops, each of a photograph that is drawn by chance."""
    parser = argparse.ArgumentParser(description="Write random crops of the packages' photographs.")
    parser.add_argument("crops", type=Path, help="folder, made where it is not there")
    parser.add_argument("--count", type=int, default=400)
    arguments = parser.parse_args()
    photographs = list(load_photographs(None))
    drawn = np.random.default_rng(0).integers(len(photographs), size=arguments.count)
    arguments.crops.mkdir(parents=True, exist_ok=True)
    crops = random_crops([photographs[i] for i in drawn], arguments.count, seed=0)
    for number, crop in enumerate(crops):
        crop.save(arguments.crops / f"{number:04}.png")


if __name__ == "__main__":
    main()
