"""What a worker does of embedding: a part of the images, with a network that it keeps."""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.network.embedder import Embedder
from twinscore.embedding.network.preparation import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import FloatMatrix
    from twinscore.embedding.network.flow import DecoderPool
    from twinscore.embedding.network.preparation import Examination
    from twinscore.embedding.network.recipe import EmbedderRecipe
    from twinscore.images.decoding import Preprocessing
    from twinscore.images.records import ImageItem


@dataclass(frozen=True, slots=True)
class PartSettings:
    """How parts of a source are embedded, the same for all of them.

    Attributes
    ----------
    recipe
        Of the network.
    fingerprint
        Of the network that is meant.
    preprocessing
        Of images.
    examination
        What else is noted of each.
    threads
        Of a worker.
    batch_size
        Images at a time.
    folder
        From which relative paths lead.
    """

    recipe: EmbedderRecipe
    fingerprint: str
    preprocessing: Preprocessing
    examination: Examination
    threads: int
    batch_size: int
    folder: str


@dataclass(frozen=True, slots=True)
class EmbeddedPart:
    """What came of some images.

    Attributes
    ----------
    vectors
        Shape (m, d), float32: of the images that have one, in order.
    outcomes
        Of each image.
    not_there
        Places of the images whose file was not to be seen.
    machine
        Where it was done.
    """

    vectors: FloatMatrix
    outcomes: list[Outcome]
    not_there: tuple[int, ...]
    machine: str


def embed_part(settings: PartSettings, items: Sequence[ImageItem]) -> EmbeddedPart:
    """Embed images, in a process that does nothing else.

    Raises
    ------
    FileNotFoundError, ValueError, MissingExtraError
        The network cannot be opened here, or is another one.
    """
    with contextlib.suppress(OSError):
        os.chdir(settings.folder)
    kept = _kept(settings)
    stream = kept.embedder.stream(
        items, settings.examination, batch_size=settings.batch_size, decoders=kept.decoders
    )
    with contextlib.closing(stream):
        images = [image for batch in stream for image in batch]
    vectors = [image.vector for image in images if image.vector is not None]
    return EmbeddedPart(
        np.array(vectors, dtype=np.float32).reshape(len(vectors), kept.embedder.dimension),
        [Outcome(image.failure, image.facts, image.stamp, image.pixel_facts) for image in images],
        tuple(
            place
            for place, image in enumerate(images)
            if image.failure is not None and not _is_there(items[place])
        ),
        socket.gethostname(),
    )


def file_of(item: ImageItem) -> Path | None:
    """Return the file that an image lies in; None where it lies in memory or far away."""
    if isinstance(item.content, str | Path):
        return Path(item.content)
    return None if item.origin is None else item.origin.file


def _is_there(item: ImageItem) -> bool:
    path = file_of(item)
    return path is None or path.exists()


@dataclass(frozen=True, slots=True)
class _Kept:
    settings: PartSettings
    embedder: Embedder
    decoders: DecoderPool


_last: list[_Kept] = []
"""The network of the last part: the next one mostly needs the same."""


def _kept(settings: PartSettings) -> _Kept:
    if _last and _last[0].settings == settings:
        return _last[0]
    while _last:
        _last.pop().decoders.close()
    recipe = settings.recipe
    embedder = Embedder(
        recipe.model,
        recipe.device,
        settings.threads,
        recipe.batch_size,
        layer=recipe.layer,
        compute_dtype=recipe.compute_dtype,
        preprocessing=settings.preprocessing,
        isolated=recipe.isolated,
    )
    if embedder.fingerprint != settings.fingerprint:
        raise ValueError(
            f"expected the model {settings.fingerprint} on every machine of the cluster, got "
            f"{embedder.fingerprint} on {socket.gethostname()}"
        )
    decoders = embedder.decoder_pool(settings.examination, settings.batch_size)
    _last.append(_Kept(settings, embedder, decoders))
    return _last[0]
