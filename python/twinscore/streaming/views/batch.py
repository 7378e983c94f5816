"""From a batch of annotated images to the pictures of each view, and what was found in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.views import embed_views
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.images.views.settings import OF_OBJECTS
from twinscore.streaming.pictures import Pictures

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.object_counts import ObjectCounts
    from twinscore.embedding.records import Embeddings, Skipped
    from twinscore.images.records import ImageItem
    from twinscore.images.views.annotated_source import AnnotatedSource
    from twinscore.images.views.found_objects import FoundObjects
    from twinscore.images.views.settings import ViewSettings


@dataclass(frozen=True, slots=True)
class ViewBatch:
    """A batch of annotated images.

    Attributes
    ----------
    pictures
        By view.
    found
        By the place of each image that could be read, what was found in it.
    skipped
        By view, the pictures that could not be had; of "scenes", the images.
    counts
        Of objects.
    """

    pictures: dict[str, Pictures]
    found: dict[int, FoundObjects]
    skipped: dict[str, tuple[Skipped, ...]]
    counts: ObjectCounts


def read_batch(
    source: AnnotatedSource,
    embedder: ImageEmbedder,
    settings: ViewSettings,
    threads: int | None,
) -> ViewBatch:
    """Embed all views of some annotated images.

    Parameters
    ----------
    source
        The images, and what is written down of them.
    embedder, settings, threads
        See `embed_views`.
    """
    found: dict[int, FoundObjects] = {}
    groups: dict[int, tuple[str, str | None]] = {}

    def note(place: int, item: ImageItem, objects: FoundObjects) -> None:
        found[place] = objects
        groups[place] = item.name, item.group

    embedded = embed_views(source, embedder, settings, threads=threads, note=note)
    pictures, skipped = {}, {}
    for view, embeddings in embedded.embeddings.items():
        places = embedded.sources[view].places
        of_objects = view in OF_OBJECTS
        names_and_groups = [groups[place] for place in places]
        pictures[view] = Pictures(
            np.asarray(embeddings.vectors),
            _facts(embeddings),
            embeddings.names,
            # Objects of one image are never independent of each other.
            tuple(
                name if group is None and of_objects else group for name, group in names_and_groups
            ),
            places,
        )
        skipped[view] = embeddings.skipped
    return ViewBatch(pictures, found, skipped, embedded.counts)


def _facts(embeddings: Embeddings) -> npt.NDArray[np.float32]:
    if embeddings.pixel_facts is not None:
        return embeddings.pixel_facts
    return np.full((len(embeddings.names), len(FACT_NAMES)), np.nan, dtype=np.float32)
