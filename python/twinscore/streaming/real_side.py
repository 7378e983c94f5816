"""The real side of a stream: embedded once, and the network that embeds what comes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from twinscore.embedding.into_memory import check_same_model, embed_images, opened_embedder
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.graph.pool import check_side
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.streaming.fork_safe_lock import ForkSafeLock

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.embedder import Embedder


class RealSide:
    """Embeddings of the real images, and the embedder for synthetic ones.

    Parameters
    ----------
    embeddings
        At least two images, or groups of them.
    model, device, threads, exposure
        Of the embedder, which is opened when it is first asked for.
    video_interval
        Seconds between two frames of a synthetic clip.

    Attributes
    ----------
    images_model
        (model, preprocessing) that synthetic images went through; None while there were none.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        model: str | os.PathLike[str] | Embedder | None,
        device: str,
        threads: int | None,
        *,
        exposure: float | None = None,
        video_interval: float = DEFAULT_INTERVAL,
    ) -> None:
        check_side("real", len(embeddings.vectors), embeddings.groups)
        self.embeddings = embeddings
        self.model = model
        self.device = device
        self.exposure = exposure
        self.video_interval = video_interval
        self.images_model: tuple[str, str] | None = None
        self._threads = threads
        self._embedder: Embedder | None = None
        self._opening = ForkSafeLock()
        self._digest: str | None = None

    @property
    def embedder(self) -> Embedder:
        """The network that synthetic images go through."""
        with self._opening:
            if self._embedder is None:
                self._embedder = self._opened()
            return self._embedder

    def _opened(self) -> Embedder:
        if self.model is None:
            raise ValueError(
                "expected a model for images: this scorer was saved with an Embedder of "
                "the caller's; pass it again as model"
            )
        embedder = opened_embedder(self.model, self.device, self._threads, self.exposure)
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
    def digest(self) -> str:
        """Equal only for the same real images in the same order."""
        if self._digest is None:
            digest = hashlib.sha256(self.embeddings.vectors.tobytes())
            digest.update(repr(self.embeddings.groups).encode())
            self._digest = digest.hexdigest()
        return self._digest


def open_real_side(
    real: Any,
    *,
    groups: Sequence[Any] | npt.NDArray[Any] | None = None,
    group_by: str | None = None,
    model: str | os.PathLike[str] | Embedder = "efficientnet-lite0",
    device: str = "cpu",
    threads: int | None = None,
    exposure: float | None = None,
    video_interval: float = DEFAULT_INTERVAL,
    progress: StageProgress | None = None,
) -> RealSide:
    """Open and embed the real side; the arguments are those of `twinscore.score`."""
    source = open_source(
        real, side="real", group_by=group_by, groups=groups, video_interval=video_interval
    )

    def side_of(embeddings: Embeddings) -> RealSide:
        return RealSide(
            embeddings, model, device, threads, exposure=exposure, video_interval=video_interval
        )

    if isinstance(source, Embeddings):
        return side_of(source)
    embedder = opened_embedder(model, device, threads, exposure)

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress("Embedding real images", done, total)

    side = side_of(embed_images(source, embedder, report))
    side._embedder = embedder
    return side
