"""Images to embeddings: decoding in threads, the network on batches, unreadable images aside."""

from __future__ import annotations

import operator
import os
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.models.prefetch import prefetch
from twinscore.records import ImageItem, Skipped, UnreadableImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from twinscore.images import Preprocessing
    from twinscore.records import FloatMatrix, IdArray, ProgressCallback

DEFAULT_MODEL = "efficientnet-lite0"

NOT_FINITE = "embedding is not finite"


class Embedder:
    """Turns images into points with an image network in ONNX Runtime.

    On the CPU a vector depends on its image alone: batch size, threads and neighbours in the
    batch change no bit. On CUDA expect agreement to about 1e-4 of the largest component.

    Parameters
    ----------
    model
        "efficientnet-lite0" (ImageNet, 1280 dimensions, built from an installed package without a
        download), or an ONNX file: one input (n, 3, side, side); the first output, flattened, is
        the embedding. The file's metadata may say how images are prepared, as JSON of
        ``Preprocessing`` under ``twinscore.preprocessing``; otherwise ImageNet's mean and
        standard deviation are taken, bicubic, with the crop that the input has or 224.
    device
        "cpu" or "cuda".
    threads
        For decoding as for the network; None: one for each core.
    batch_size
        Images the network takes at a time.
    exposure
        In stops, for OpenEXR and HDR files: 1 doubles the light.

    Raises
    ------
    MissingExtraError
        A package is missing; the message holds the pip command.
    FileNotFoundError
        There is no such model file.
    ValueError
        An argument is out of range, or the file holds no such model.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        device: str = "cpu",
        threads: int | None = None,
        batch_size: int = 32,
        *,
        exposure: float = 0.0,
    ) -> None:
        # Brings in Pillow, which `import twinscore` is to do without.
        from twinscore.models.session import open_network

        self._threads = _usable_cores() if threads is None else _positive("threads", threads)
        self._batch_size = _positive("batch_size", batch_size)
        self._network = open_network(model, device=device, threads=self._threads)
        self._preprocessing = replace(self._network.preprocessing, exposure=exposure)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._network.dimension

    @property
    def fingerprint(self) -> str:
        """Name of the model and start of its sha256."""
        return self._network.fingerprint

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
        _check_many(images)
        total = operator.length_hint(images)
        return self._embed(map(_as_item, images), total, progress, _raise_unreadable)[0]

    def embed_items(
        self, items: Iterable[ImageItem], progress: ProgressCallback | None = None
    ) -> tuple[FloatMatrix, IdArray, tuple[Skipped, ...]]:
        """Embed the images of a source and leave out those that cannot be read.

        Memory holds the vectors and a bounded number of images, however many there are.

        Parameters
        ----------
        items
            Consumed in the caller's thread, a little ahead of the network.
        progress
            Called with (done, total) after every batch; without a length, total is done.

        Returns
        -------
        vectors : ndarray of shape (n, d), float32, finite
            In the order of the items.
        kept : ndarray of shape (n,), int64
            Position among the items of each row.
        skipped : tuple of Skipped
            The other items, in order, with the reason.
        """
        skipped: dict[int, Skipped] = {}
        total = operator.length_hint(items)
        vectors, kept = self._embed(items, total, progress, skipped.__setitem__)
        return vectors, kept, tuple(skipped[index] for index in sorted(skipped))

    def _embed(
        self,
        items: Iterable[ImageItem],
        total: int,
        progress: ProgressCallback | None,
        on_skip: Callable[[int, Skipped], None],
    ) -> tuple[FloatMatrix, IdArray]:
        from twinscore.images import pillow_warnings_silenced

        rows = _GrowingRows(self.dimension, capacity=total)
        kept: list[int] = []
        done = 0
        stream = prefetch(
            self._prepare,
            enumerate(items),
            workers=self._threads,
            ahead=self._batch_size + self._threads,
        )
        with pillow_warnings_silenced(), closing(stream):
            while batch := list(islice(stream, self._batch_size)):
                positions, vectors = self._embed_batch(batch, on_skip)
                kept.extend(positions)
                rows.append(vectors)
                done += len(batch)
                if progress is not None:
                    progress(done, max(done, total))
        return rows.finish(), np.array(kept, dtype=np.int64)

    def _prepare(self, numbered_item: tuple[int, ImageItem]) -> _Prepared:
        from twinscore.images import prepare_image

        index, item = numbered_item
        try:
            return _Prepared(index, item.name, prepare_image(item.content, self.preprocessing))
        except UnreadableImageError as error:
            return _Prepared(index, item.name, str(error))

    def _embed_batch(
        self, batch: list[_Prepared], on_skip: Callable[[int, Skipped], None]
    ) -> tuple[list[int], FloatMatrix]:
        positions: list[int] = []
        inputs: list[FloatMatrix] = []
        for image in batch:
            if isinstance(image.outcome, str):
                on_skip(image.index, Skipped(image.name, image.outcome))
            else:
                positions.append(image.index)
                inputs.append(image.outcome)
        if not inputs:
            return [], np.empty((0, self.dimension), dtype=np.float32)
        vectors = self._network.run(np.stack(inputs))
        is_finite = np.isfinite(vectors).all(axis=1)
        names = {image.index: image.name for image in batch}
        for position in np.array(positions)[~is_finite].tolist():
            on_skip(position, Skipped(names[position], NOT_FINITE))
        return np.array(positions)[is_finite].tolist(), vectors[is_finite]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """One image on its way to the network: its input (3, side, side), or why there is none."""

    index: int
    name: str
    outcome: FloatMatrix | str


class _GrowingRows:
    """Rows appended to one array, which is moved by the allocator rather than held twice."""

    def __init__(self, dimension: int, capacity: int) -> None:
        self._rows = np.empty((capacity, dimension), dtype=np.float32)
        self._count = 0

    def append(self, rows: FloatMatrix) -> None:
        end = self._count + len(rows)
        if end > len(self._rows):
            self._resize(max(end, 2 * len(self._rows)))
        self._rows[self._count : end] = rows
        self._count = end

    def finish(self) -> FloatMatrix:
        """Return the rows; nothing may be appended afterwards."""
        self._resize(self._count)
        return self._rows

    def _resize(self, count: int) -> None:
        self._rows.resize((count, self._rows.shape[1]), refcheck=False)


def _raise_unreadable(index: int, skipped: Skipped) -> None:
    raise ValueError(f"image {index} ({skipped.name}): {skipped.reason}")


def _as_item(content: Any) -> ImageItem:
    if isinstance(content, ImageItem):
        return content
    if isinstance(content, str | Path):
        return ImageItem(name=str(content), content=Path(content))
    return ImageItem(name=type(content).__name__, content=content)


def _check_many(images: Any) -> None:
    """Refuse one image where many are expected: iterating it would give its rows as images."""
    dimensions = getattr(images, "ndim", None)
    if dimensions is not None and dimensions != 4:
        raise TypeError(
            "expected an iterable of images or an array of four dimensions, got an array of "
            f"{dimensions}: pass [image] for one image, list(images) for a stack of grey ones"
        )
    if isinstance(images, str | Path | bytes) or not hasattr(images, "__iter__"):
        raise TypeError(f"expected an iterable of images, got one {type(images).__name__}")


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _positive(name: str, value: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"expected {name} to be an integer, got {value!r}") from None
    if number < 1:
        raise ValueError(f"expected {name} >= 1, got {value}")
    return number
