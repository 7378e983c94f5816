"""Run a model on one image and see whether it will do as an embedder."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from twinscore.embedding.network.embedder import Embedder
    from twinscore.images.decoding import Preprocessing

_RUNS = 5
_BATCH = 8


@dataclass(frozen=True, slots=True)
class Checkup:
    """What a run of a model on an image showed.

    Attributes
    ----------
    fingerprint, dimension, preprocessing
        Of the model.
    input_shape, output_shape
        Of one image at the network.
    prepare_seconds, network_seconds
        For one image: decoding and preparing; the network. Medians.
    batch_seconds
        The network for an image of a batch of eight.
    batch_difference
        Largest difference between an image's embeddings alone and in a batch, relative to the
        largest component.
    contrast
        Distance between the embeddings of the image and its negative, relative to their norm:
        0 for a network that does not look.
    """

    fingerprint: str
    dimension: int
    preprocessing: Preprocessing
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    prepare_seconds: float
    network_seconds: float
    batch_seconds: float
    batch_difference: float
    contrast: float


def check_model(embedder: Embedder, content: Any = None) -> Checkup:
    """Run a model on one image.

    Parameters
    ----------
    embedder
        With the model.
    content
        Whatever ``read_image`` takes; None for a picture of coloured noise.

    Raises
    ------
    UnreadableImageError
        The image cannot be read.
    ValueError
        The embedding is not finite, or does not depend on the image.
    """
    from PIL import ImageChops

    from twinscore.images.decoding import preprocess, read_image

    if content is None:
        content = coloured_noise()
    started = time.perf_counter()
    image = read_image(content)
    prepared = preprocess(image, embedder.preprocessing)
    prepare_seconds = time.perf_counter() - started
    negative = preprocess(ImageChops.invert(image), embedder.preprocessing)
    network = embedder.network
    vector, network_seconds = _timed(network.run, prepared[None])
    other = network.run(negative[None])
    batch, batch_seconds = _timed(network.run, np.stack([prepared] * (_BATCH - 1) + [negative]))
    if not np.isfinite(batch).all():
        raise ValueError(f"{embedder.fingerprint}: the embedding is not finite")
    norm = float(np.linalg.norm(vector))
    contrast = float(np.linalg.norm(vector - other)) / norm if norm else 0.0
    if contrast == 0.0:
        raise ValueError(
            f"{embedder.fingerprint}: an image and its negative have the same embedding"
        )
    return Checkup(
        embedder.fingerprint,
        embedder.dimension,
        embedder.preprocessing,
        prepared[None].shape,
        vector.shape,
        prepare_seconds,
        network_seconds,
        batch_seconds / _BATCH,
        float(np.abs(batch[0] - vector[0]).max() / np.abs(vector).max()),
        contrast,
    )


def coloured_noise(side: int = 512, seed: int = 0) -> Any:
    """Make a picture with structure of all sizes: random colours, 1/f."""
    random = np.random.default_rng(seed)
    frequencies = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    frequencies[0, 0] = np.inf
    spectrum = np.fft.fft2(random.standard_normal((3, side, side))) / frequencies
    values = np.fft.ifft2(spectrum).real
    values = 128 + 48 * values / values.std(axis=(1, 2), keepdims=True)
    return np.clip(values, 0, 255).astype(np.uint8).transpose(1, 2, 0)


def _timed(run: Any, inputs: Any) -> tuple[Any, float]:
    """Return the result of one call and the median time of several."""
    result = run(inputs)
    seconds = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        run(inputs)
        seconds.append(time.perf_counter() - started)
    return result, statistics.median(seconds)
