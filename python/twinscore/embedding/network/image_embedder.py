"""What turns the images of a stream into points, wherever the network runs."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.embedding.network.given_images import check_many
from twinscore.embedding.network.growing_rows import GrowingRows
from twinscore.embedding.records import Skipped
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.embedding.network.image_network import ImageNetwork
    from twinscore.embedding.network.preparation import Examination
    from twinscore.embedding.network.recipe import EmbedderRecipe
    from twinscore.embedding.records import EmbeddedImage
    from twinscore.images.decoding import Preprocessing


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """How many images go together.

    Attributes
    ----------
    size
        Of a batch, at most.
    shares
        Few images are cut into so many batches at least.
    """

    size: int
    shares: int


class ImageEmbedder(ABC):
    """Turns images into points with one network.

    Parameters
    ----------
    network, recipe
        See the attributes.
    preprocessing
        How an image becomes the network's input.
    batches
        How many images go together.

    Attributes
    ----------
    network
        The network itself, which takes prepared images.
    recipe
        How to open it again elsewhere.
    """

    def __init__(
        self,
        network: ImageNetwork,
        recipe: EmbedderRecipe,
        preprocessing: Preprocessing,
        batches: BatchPlan,
    ) -> None:
        self.network = network
        self.recipe = recipe
        self._preprocessing = preprocessing
        self._batches = batches

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.network.dimension

    @property
    def fingerprint(self) -> str:
        """Name of the model and start of its sha256; with "+float16" in half precision."""
        return self.network.fingerprint

    @property
    def threads(self) -> int:
        """Of this process, or of each worker, that images are prepared in."""
        return self._batches.shares

    @property
    def preprocessing(self) -> Preprocessing:
        """How an image becomes the network's input."""
        return self._preprocessing

    def embed(self, images: Iterable[Any], progress: ProgressCallback | None = None) -> FloatMatrix:
        """Embed images that are all expected to be readable.

        Parameters
        ----------
        images
            Anything ``read_image`` takes, or ``ImageItem``; of any length.
        progress
            Called with (done, total) after every batch; without a length, total is done.

        Returns
        -------
        ndarray of shape (n, d), float32

        Raises
        ------
        ValueError
            An image cannot be read or has no finite embedding; the message names it.
        TypeError
            ``images`` is one image, or holds something that is none.
        """
        check_many(images)
        total = operator.length_hint(images)
        rows = GrowingRows(self.dimension, capacity=total)
        for place, image in enumerate(self._each(map(_as_item, images), total, progress)):
            if image.vector is None:
                raise ValueError(f"image {place} ({image.item.name}): {image.failure}")
            rows.append(image.vector)
        return rows.finish()

    def embed_items(
        self,
        items: Iterable[ImageItem],
        progress: ProgressCallback | None = None,
        *,
        examination: Examination | None = None,
        note: Callable[[EmbeddedImage], None] | None = None,
    ) -> tuple[FloatMatrix, IdArray, tuple[Skipped, ...]]:
        """Embed the images of a source and leave out those that cannot be read.

        Memory holds the vectors and a bounded number of images, however many there are.

        Parameters
        ----------
        items
            Consumed in the caller's thread, a little ahead of the network.
        progress
            Called with (done, total) after every batch; without a length, total is done.
        examination
            What else is found out about each image; None for nothing.
        note
            Called with each image that has a vector, in order, to keep more of it than that.

        Returns
        -------
        vectors : ndarray of shape (n, d), float32, finite
            In the order of the items.
        kept : ndarray of shape (n,), int64
            Position among the items of each row.
        skipped : tuple of Skipped
            The other items, in order, with the reason.
        """
        total = operator.length_hint(items)
        rows = GrowingRows(self.dimension, capacity=total)
        kept: list[int] = []
        skipped: list[Skipped] = []
        for place, image in enumerate(self._each(items, total, progress, examination)):
            if image.vector is None:
                skipped.append(Skipped(image.item.name, image.failure or ""))
            else:
                rows.append(image.vector)
                kept.append(place)
                if note is not None:
                    note(image)
        return rows.finish(), np.array(kept, dtype=np.int64), tuple(skipped)

    @abstractmethod
    def stream(
        self,
        items: Iterable[ImageItem],
        examination: Examination | None = None,
        *,
        cut: int | None = None,
        already: int = 0,
        batch_size: int | None = None,
    ) -> Generator[list[EmbeddedImage], None, None]:
        """Embed images as they come, in order, some at a time.

        Closing the generator stops what was begun for it.

        Parameters
        ----------
        items
            Consumed in the caller's thread, a bounded number ahead.
        examination
            What else is noted of each image; None for nothing.
        cut, already
            No batch spans a multiple of `cut` images, of which the stream before this one has
            had `already`: batches are then the same however often a run was stopped.
        batch_size
            Takes the place of the embedder's own.

        Yields
        ------
        list of EmbeddedImage
            Of one batch or several; images without an embedding say why.
        """

    def _each(
        self,
        items: Iterable[ImageItem],
        total: int,
        progress: ProgressCallback | None,
        examination: Examination | None = None,
    ) -> Generator[EmbeddedImage, None, None]:
        # So that few images, too, are shared among the threads.
        share = -(-total // self._batches.shares) if total else self._batches.size
        done = 0
        size = min(self._batches.size, share)
        with closing(self.stream(items, examination, batch_size=size)) as stream:
            for batch in stream:
                yield from batch
                done += len(batch)
                if progress is not None:
                    progress(done, max(done, total))


def _as_item(content: Any) -> ImageItem:
    if isinstance(content, ImageItem):
        return content
    if isinstance(content, str | Path):
        return ImageItem(name=str(content), content=Path(content))
    return ImageItem(name=type(content).__name__, content=content)
