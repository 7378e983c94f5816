"""The real side of a stream: embedded once, and the network that embeds what comes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.progress import stage_of
from twinscore.embedding.into_memory import check_same_model, embed_images
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.graph.pool import check_side
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.streaming.fork_safe_lock import ForkSafeLock

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array
    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.settings import ImageSettings


class RealSide:
    """Embeddings of the real images, and the embedder for synthetic ones.

    Parameters
    ----------
    embeddings
        At least two images, or groups of them.
    images
        How synthetic images become points; the network is opened when it is first asked for.
    threads
        None for all that the process may use.

    Attributes
    ----------
    images_model
        (model, preprocessing) that synthetic images went through; None while there were none.
    """

    def __init__(self, embeddings: Embeddings, images: ImageSettings, threads: int | None) -> None:
        check_side("real", len(embeddings.vectors), embeddings.groups)
        self.embeddings = embeddings
        self.images = images
        self.images_model: tuple[str, str] | None = None
        self._threads = threads
        self._embedder: ImageEmbedder | None = None
        self._opening = ForkSafeLock()
        self._digest: str | None = None

    @property
    def embedder(self) -> ImageEmbedder:
        """The network that synthetic images go through."""
        with self._opening.held:
            if self._embedder is None:
                self._embedder = self._opened()
            return self._embedder

    def use(self, embedder: ImageEmbedder) -> None:
        """Let images go through a network that is open already."""
        with self._opening.held:
            self._embedder = embedder

    def _opened(self) -> ImageEmbedder:
        embedder = self.images.open_embedder(self._threads)
        check_same_model({"real": self.embeddings}, embedder)
        self.images_model = (embedder.fingerprint, embedder.preprocessing.fingerprint)
        return embedder

    @property
    def makers(self) -> tuple[str | None, str | None]:
        """Model and preprocessing of either side, as far as they are known."""
        if self.embeddings.model is not None:
            return self.embeddings.model, self.embeddings.preprocessing
        return self.images_model or (None, None)

    @property
    def fact_medians(self) -> Float64Array:
        """Shape (m,): median of each fact of the images, NaN where it is not known."""
        facts = self.embeddings.pixel_facts
        if facts is None:
            return np.full(len(FACT_NAMES), np.nan)
        return np.array([_median(column) for column in facts.T.astype(np.float64)])

    @property
    def digest(self) -> str:
        """Equal only for the same real images in the same order."""
        if self._digest is None:
            digest = hashlib.sha256(self.embeddings.vectors.tobytes())
            digest.update(repr(self.embeddings.groups).encode())
            self._digest = digest.hexdigest()
        return self._digest


def _median(values: Float64Array) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")


def open_real_side(
    real: Any,
    images: ImageSettings,
    *,
    groups: Sequence[Any] | npt.NDArray[Any] | None = None,
    threads: int | None = None,
    progress: StageProgress | None = None,
) -> RealSide:
    """Open the real side, and embed it where it is images.

    Parameters
    ----------
    real, groups, threads, progress
        As in `twinscore.score`.
    images
        How images of either side become points.
    """
    source = open_source(
        real,
        side="real",
        group_by=images.group_by,
        groups=groups,
        video_interval=images.video_interval,
        allow_remote_paths=images.allow_remote_paths,
    )
    if isinstance(source, Embeddings):
        return RealSide(source, images, threads)
    embedder = images.open_embedder(threads)
    embeddings = embed_images(source, embedder, stage_of(progress, "Embedding real images"))
    side = RealSide(embeddings, images, threads)
    side.use(embedder)
    return side
