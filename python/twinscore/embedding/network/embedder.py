"""Images to embeddings: decoding and network side by side, unreadable images aside."""

from __future__ import annotations

import operator
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.counts import checked_count
from twinscore.base.threads import thread_count
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.network.given_images import check_many
from twinscore.embedding.network.growing_rows import GrowingRows
from twinscore.embedding.network.recipe import EmbedderRecipe
from twinscore.embedding.records import Skipped
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from torch.nn import Module as TorchModule

    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.embedding.network.flow import DecoderPool
    from twinscore.embedding.network.preparation import Examination
    from twinscore.embedding.records import EmbeddedImage
    from twinscore.images.decoding import Preprocessing
    from twinscore.images.decoding.stated_preprocessing import StatedPreprocessing


BATCH_ON_CPU = 8
"""Larger ones are no faster there, and every thread holds one."""

BATCH_ON_DEVICE = 64


class Embedder:
    """Turns images into points with an image network, in ONNX Runtime or in torch.

    On the CPU a vector of the built-in network depends on its image alone: batch size, threads
    and neighbours in the batch change no bit. On CUDA expect agreement to about 1e-4 of the
    largest component.

    Parameters
    ----------
    model
        "efficientnet-lite0" (ImageNet, 1280 dimensions, built from an installed package without a
        download); an ONNX file: one input (n, 3, side, side); the first output, flattened, is
        the embedding. The file's metadata may say how images are prepared, as JSON of
        ``Preprocessing`` under ``twinscore.preprocessing``; otherwise ImageNet's mean and
        standard deviation are taken, bicubic, with the crop that the input has or 224. Or a
        ``torch.nn.Module`` in evaluation mode, which is run where it lies and is not changed; or
        "torchvision:resnet50", "timm:MODEL", "transformers:MODEL", whose weights that package
        downloads if it has not.
    device
        "cpu", "cuda", "cuda:1" for a certain one, or "auto": CUDA where it can be used. None: the
        CPU; a torch module stays where it lies.
    threads
        For decoding as for the network; None: one for each core. torch has threads of its own.
    batch_size
        Images the network takes at a time, in each thread; None: 8 on the CPU, 64 on CUDA. Where
        memory does not suffice for them, fewer are taken.
    layer
        Of a torch module: the layer whose output is the embedding, by its name in
        ``named_modules``; averaged over height and width, or tokens. None: what it returns.
    compute_dtype
        "float32", or "float16": the network computes in half precision. Scores agree to about
        0.01; it pays on CUDA only.
    preprocessing
        Takes the place of what the model says of itself (a torch module: ImageNet's, 256 and 224
        pixels): a mapping with ``size``, ``resize``, ``mean`` and ``std`` (of 0..1), or a function
        from a PIL image to (channels, height, width); see `as_preprocessing`.
    exposure
        In stops, for OpenEXR and HDR files: 1 doubles the light. None: as `preprocessing` says.
    isolated
        Decode in processes of their own: a file that makes a decoder crash or hang then costs its
        own row only. Linux and macOS.

    Attributes
    ----------
    network
        The network itself, which takes prepared images.
    recipe
        How to open it again elsewhere.

    Raises
    ------
    MissingExtraError
        A package is missing; the message holds the pip command.
    FileNotFoundError
        There is no such model file.
    ValueError
        An argument is out of range, the file holds no such model, or a module is in training mode,
        has no such layer (the message lists those it has) or gives no finite vectors.
    """

    def __init__(
        self,
        model: str | Path | TorchModule = DEFAULT_MODEL,
        device: str | None = None,
        threads: int | None = None,
        batch_size: int | None = None,
        *,
        layer: str | None = None,
        compute_dtype: str = "float32",
        preprocessing: StatedPreprocessing | None = None,
        exposure: float | None = None,
        isolated: bool = False,
    ) -> None:
        # Brings in Pillow, which `import twinscore` is to do without.
        from twinscore.embedding.network.opening import open_model
        from twinscore.images.decoding.stated_preprocessing import as_preprocessing

        self._threads = thread_count() if threads is None else checked_count(threads, "threads")
        chosen = None if batch_size is None else checked_count(batch_size, "batch_size")
        stated = None
        if preprocessing is not None:
            stated = as_preprocessing(preprocessing, portable=isolated)
        self._isolated = isolated
        self.recipe = EmbedderRecipe(
            model=model,
            device=device,
            batch_size=chosen,
            layer=layer,
            compute_dtype=compute_dtype,
            isolated=isolated,
        )
        self.network = open_model(
            model,
            layer=layer,
            device=device,
            compute_dtype=compute_dtype,
            preprocessing=stated,
        )
        self._on_device = self.network.on_device
        self._batch_size = chosen or (BATCH_ON_DEVICE if self._on_device else BATCH_ON_CPU)
        self._preprocessing = self.network.preprocessing
        if exposure is not None:
            self._preprocessing = replace(self._preprocessing, exposure=exposure)

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
        """That decode, and that the network runs in."""
        return self._threads

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

    def stream(
        self,
        items: Iterable[ImageItem],
        examination: Examination | None = None,
        *,
        cut: int | None = None,
        already: int = 0,
        batch_size: int | None = None,
        decoders: DecoderPool | None = None,
    ) -> Generator[list[EmbeddedImage], None, None]:
        """Embed images as they come, in order, a batch at a time.

        Closing the generator stops its threads and processes; what was begun is not waited for.

        Parameters
        ----------
        items
            Consumed in the caller's thread; at most two batches more than there are threads are
            taken ahead.
        examination
            What else is noted of each image; None for nothing.
        cut, already
            No batch spans a multiple of `cut` images, of which the stream before this one has
            had `already`: batches are then the same however often a run was stopped.
        batch_size
            Takes the place of the embedder's own.
        decoders
            What `decoder_pool` made, which the caller closes; None: made for this stream.

        Yields
        ------
        list of EmbeddedImage
            Of one batch; images without an embedding say why.
        """
        from twinscore.embedding.network import flow
        from twinscore.images.decoding import pillow_warnings_silenced

        size = batch_size or self._batch_size
        pool = decoders or self.decoder_pool(examination, batch_size)
        in_hand = (item.in_hand() for item in items)
        batches = flow.in_batches(in_hand, self._decoded_at_once(size), cut, already)
        if self._on_device:
            stream = flow.embed_after_decoding(batches, pool, self.network, self._threads, size)
        else:
            stream = flow.embed_beside_decoding(batches, pool, self.network, self._threads)
        kept = closing(pool) if decoders is None else nullcontext()
        with pillow_warnings_silenced(), kept, closing(stream):
            yield from stream

    def decoder_pool(
        self, examination: Examination | None, batch_size: int | None = None
    ) -> DecoderPool:
        """Return decoders for streams that note the same of batches as large; see `stream`."""
        from twinscore.embedding.network.decoders import ProcessDecoder, ThreadDecoder
        from twinscore.embedding.network.flow import DecoderPool
        from twinscore.embedding.network.preparation import Examination

        capacity = self._decoded_at_once(batch_size or self._batch_size)
        kind = ProcessDecoder if self._isolated else ThreadDecoder
        noted = examination or Examination()
        return DecoderPool(lambda: kind(self.preprocessing, noted, capacity))

    def _decoded_at_once(self, batch_size: int) -> int:
        return min(batch_size, BATCH_ON_CPU) if self._on_device else batch_size

    def _each(
        self,
        items: Iterable[ImageItem],
        total: int,
        progress: ProgressCallback | None,
        examination: Examination | None = None,
    ) -> Generator[EmbeddedImage, None, None]:
        # So that few images, too, are shared among the threads.
        share = -(-total // self._threads) if total else self._batch_size
        done = 0
        size = min(self._batch_size, share)
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
