"""The real side of a stream: embedded once, and the network that embeds what comes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from twinscore.embedding import check_same_model, embed_images, opened_embedder
from twinscore.records import Embeddings
from twinscore.sources import open_source

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.assessment import StageProgress
    from twinscore.models.embedder import Embedder


class RealSide:
    """Embeddings of the real images, and the embedder for synthetic ones.

    Parameters
    ----------
    embeddings
        At least two rows.
    model, device, threads
        Of the embedder, which is opened when it is first asked for.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        model: str | os.PathLike[str] | Embedder,
        device: str,
        threads: int | None,
    ) -> None:
        if len(embeddings.vectors) < 2:
            raise ValueError(
                f"expected at least 2 real images, got {len(embeddings.vectors)}: "
                "a score of so few says nothing"
            )
        self.embeddings = embeddings
        self.model = model
        self.device = device
        self._threads = threads
        self._embedder: Embedder | None = None
        self._digest: str | None = None

    @property
    def embedder(self) -> Embedder:
        """The network that synthetic images go through."""
        if self._embedder is None:
            self._embedder = opened_embedder(self.model, self.device, self._threads)
            check_same_model({"real": self.embeddings}, self._embedder)
        return self._embedder

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
    progress: StageProgress | None = None,
) -> RealSide:
    """Open and embed the real side; the arguments are those of `twinscore.score`."""
    source = open_source(real, side="real", group_by=group_by, groups=groups)
    if isinstance(source, Embeddings):
        return RealSide(source, model, device, threads)
    embedder = opened_embedder(model, device, threads)

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress("Embedding real images", done, total)

    side = RealSide(embed_images(source, embedder, report), model, device, threads)
    side._embedder = embedder
    return side
