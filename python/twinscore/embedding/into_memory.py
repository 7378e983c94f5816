"""From a source of images to embeddings in memory, and who makes them."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.records import Embeddings
from twinscore.images.sources.passed_over import passed_over_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from twinscore.base.progress import ProgressCallback
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.records import EmbeddedImage
    from twinscore.images.records import ImageFacts, ImageSource


def embed_images(
    source: ImageSource, embedder: ImageEmbedder, progress: ProgressCallback | None = None
) -> Embeddings:
    """Turn the images of a source into embeddings; unreadable ones are listed, not embedded.

    Parameters
    ----------
    source
        Its groups and columns come along, and what its files tell.
    embedder
        Of both sides of a comparison.
    progress
        Called now and then with (done, total).
    """
    from twinscore.embedding.network.preparation import Examination

    kept = KeptImages()
    vectors, places, skipped = embedder.embed_items(
        source, progress, examination=Examination(facts=True), note=kept.append
    )
    return Embeddings(
        vectors=vectors,
        names=tuple(kept.names),
        groups=kept.complete_groups(places.tolist()),
        skipped=skipped,
        model=embedder.fingerprint,
        preprocessing=embedder.preprocessing.fingerprint,
        columns=kept.columns(),
        facts=tuple(kept.facts) if any(kept.facts) else None,
        passed_over=passed_over_by(source),
        pixel_facts=kept.complete_pixel_facts(),
    )


class KeptImages:
    """What remains of images once their content is let go."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.facts: list[ImageFacts | None] = []
        self._pixel_facts = array("f")
        self._measured = 0
        self._groups: list[str | None] = []
        self._columns: dict[str, list[str | None]] = {}

    def append(self, image: EmbeddedImage) -> None:
        """Keep what is known of one image."""
        for name, value in image.item.columns.items():
            self._columns.setdefault(name, [None] * len(self.names)).append(value)
        self.names.append(image.item.name)
        for column in self._columns.values():
            column.extend([None] * (len(self.names) - len(column)))
        self.facts.append(image.facts)
        if image.pixel_facts is not None:
            known = (math.nan if value is None else value for value in image.pixel_facts)
            self._pixel_facts.extend(known)
            self._measured += 1
        self._groups.append(image.item.group)

    def complete_groups(self, places: Sequence[int]) -> tuple[str, ...] | None:
        """Give images without a group one of their own; None if none has any."""
        if not any(group is not None for group in self._groups):
            return None
        return tuple(
            f"image {place}" if group is None else group
            for place, group in zip(places, self._groups, strict=True)
        )

    def complete_pixel_facts(self) -> npt.NDArray[np.float32] | None:
        """Return what the pixels tell, a row each; None where not all were measured."""
        if not self.names or self._measured != len(self.names):
            return None
        return np.array(self._pixel_facts, dtype=np.float32).reshape(self._measured, -1)

    def columns(self) -> dict[str, tuple[str | None, ...]]:
        """Return the values of each column that any image has."""
        return {name: tuple(values) for name, values in self._columns.items()}


def check_same_model(
    sources: Mapping[str, ImageSource | Embeddings], embedder: ImageEmbedder | None = None
) -> None:
    """Refuse points of two models before hours are spent on them.

    Parameters
    ----------
    sources
        What there is, by name; embeddings whose model is not known are believed.
    embedder
        Of the images among them.

    Raises
    ------
    ValueError
        Model or preprocessing differ.
    """
    makers = {
        side: (source.model, source.preprocessing)
        for side, source in sources.items()
        if isinstance(source, Embeddings) and source.model is not None
    }
    if embedder is not None:
        makers["images"] = (embedder.fingerprint, embedder.preprocessing.fingerprint)
    if len(set(makers.values())) > 1:
        described = ", ".join(
            f"{side} from {model} with {preprocessing}"
            for side, (model, preprocessing) in makers.items()
        )
        raise ValueError(f"expected embeddings of one model and preprocessing, got {described}")
