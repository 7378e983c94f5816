"""Images that are embedded and measured at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.network.preparation import Examination
from twinscore.images.facts.catalog import FACT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.records import EmbeddedImage, Skipped
    from twinscore.images.records import ImageItem, PixelFacts


def embed_and_measure(
    embedder: ImageEmbedder, items: Iterable[ImageItem]
) -> tuple[FloatMatrix, IdArray, tuple[Skipped, ...], npt.NDArray[np.float32]]:
    """Embed images and keep what their pixels tell.

    Returns
    -------
    vectors, kept, skipped
        See `Embedder.embed_items`.
    facts : ndarray of shape (n, m), float32
        Of each row, in the order of `FACT_NAMES`; NaN for what is not known.
    """
    unknown: PixelFacts = (None,) * len(FACT_NAMES)
    measured: list[PixelFacts] = []

    def note(image: EmbeddedImage) -> None:
        measured.append(unknown if image.pixel_facts is None else image.pixel_facts)

    vectors, kept, skipped = embedder.embed_items(
        items, examination=Examination(facts=True), note=note
    )
    facts = np.array(measured, dtype=np.float32).reshape(len(vectors), len(FACT_NAMES))
    return vectors, kept, skipped, facts
