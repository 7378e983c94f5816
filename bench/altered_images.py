"""Embeddings of images and of altered copies of them, for `bench/near_copies.py`."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from twinscore.embedding.network.embedder import Embedder
from twinscore.images.decoding import read_image
from twinscore.images.sources import FolderSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twinscore.base.arrays import FloatMatrix, IdArray

PIXEL_NOISE = 0.01
NOISE = 0.05
NOISY = f"noise of {NOISE} of the rms"
CROSS_SESSION_PERCENTILE = 10


def shifted(image: Image.Image) -> Image.Image:
    """Move an image to the left by a pixel; its last column stays."""
    pixels = np.asarray(image)
    return Image.fromarray(np.concatenate([pixels[:, 1:], pixels[:, -1:]], axis=1))


def recompressed(quality: int) -> Callable[[Image.Image], Image.Image]:
    """Return what saves an image as JPEG."""

    def saved(image: Image.Image) -> Image.Image:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        return Image.open(file).convert("RGB")

    return saved


def noisy_pixels(image: Image.Image) -> Image.Image:
    """Add noise to each pixel."""
    pixels = np.asarray(image, dtype=np.float64)
    noise = 255.0 * PIXEL_NOISE * np.random.default_rng(0).standard_normal(pixels.shape)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


WAYS = {
    "shifted by a pixel": shifted,
    "JPEG of quality 90": recompressed(90),
    "JPEG of quality 80": recompressed(80),
    f"pixel noise of {PIXEL_NOISE:.0%}": noisy_pixels,
}
ALTERED = (*WAYS, NOISY)


@dataclass(frozen=True)
class AlteredImages:
    """Embeddings of images, and of each of them altered in each way."""

    originals: FloatMatrix
    altered: dict[str, FloatMatrix]

    def copies(self, way: str, rows: IdArray, random: np.random.Generator) -> FloatMatrix:
        """Return copies of some images; noise is added to their embeddings."""
        if way != NOISY:
            return self.altered[way][rows]
        step = NOISE * np.sqrt(np.mean(np.square(self.originals, dtype=np.float64)))
        noise = random.standard_normal((len(rows), self.originals.shape[1]))
        return np.asarray(self.originals[rows] + step * noise, dtype=np.float32)

    def take(self, rows: IdArray) -> AlteredImages:
        """Return some of the images."""
        altered = {way: vectors[rows] for way, vectors in self.altered.items()}
        return AlteredImages(self.originals[rows], altered)


def embed_altered(folder: Path) -> tuple[AlteredImages, list[str]]:
    """Embed the images of a folder, and their copies; with the name of the folder of each."""
    items = list(FolderSource(folder))
    images = [read_image(item.content).convert("RGB") for item in items]
    embedder = Embedder()
    altered = {
        way: embedder.embed([alter(image) for image in images]) for way, alter in WAYS.items()
    }
    sessions = [item.name.rpartition("/")[0] for item in items]
    return AlteredImages(embedder.embed(images), altered), sessions


def apart(images: AlteredImages, sessions: list[str]) -> AlteredImages:
    """Keep images that are not nearer to each other than those of different sessions come."""
    points = images.originals.astype(np.float64)
    norms = np.square(points).sum(axis=1)
    distances = np.sqrt(np.maximum(norms[:, None] + norms - 2.0 * points @ points.T, 0.0))
    names = np.array(sessions)
    across = np.where(names[:, None] != names, distances, np.inf).min(axis=1)
    least = np.percentile(across, CROSS_SESSION_PERCENTILE)
    kept: list[int] = []
    for row in range(len(points)):
        if not kept or distances[row, kept].min() >= least:
            kept.append(row)
    return images.take(np.array(kept))
