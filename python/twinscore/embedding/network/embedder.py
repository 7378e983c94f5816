"""Images to embeddings: decoding and network side by side, unreadable images aside."""

from __future__ import annotations

from contextlib import closing, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from twinscore.base.counts import checked_count
from twinscore.base.threads import thread_count
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.network.image_embedder import BatchPlan, ImageEmbedder
from twinscore.embedding.network.recipe import EmbedderRecipe

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from torch.nn import Module as TorchModule

    from twinscore.embedding.network.flow import DecoderPool
    from twinscore.embedding.network.preparation import Examination
    from twinscore.embedding.records import EmbeddedImage
    from twinscore.images.decoding.stated_preprocessing import StatedPreprocessing
    from twinscore.images.records import ImageItem


BATCH_ON_CPU = 8
"""Larger ones are no faster there, and every thread holds one."""

BATCH_ON_DEVICE = 64


class Embedder(ImageEmbedder):
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
        recipe = EmbedderRecipe(
            model=model,
            device=device,
            batch_size=chosen,
            layer=layer,
            compute_dtype=compute_dtype,
            isolated=isolated,
        )
        network = open_model(
            model,
            layer=layer,
            device=device,
            compute_dtype=compute_dtype,
            preprocessing=stated,
        )
        prepared = network.preprocessing
        if exposure is not None:
            prepared = replace(prepared, exposure=exposure)
        self._on_device = network.on_device
        size = chosen or (BATCH_ON_DEVICE if self._on_device else BATCH_ON_CPU)
        super().__init__(network, recipe, prepared, BatchPlan(size, self._threads))

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
        """Embed images as they come, in order, a batch at a time; see `ImageEmbedder.stream`.

        At most two batches more than there are threads are taken ahead. Closing the generator stops
        its threads and processes; what was begun is not waited for.

        Parameters
        ----------
        items, examination, cut, already, batch_size
            See `ImageEmbedder.stream`.
        decoders
            What `decoder_pool` made, which the caller closes; None: made for this stream.
        """
        from twinscore.embedding.network import flow
        from twinscore.images.decoding import pillow_warnings_silenced

        size = batch_size or self._batches.size
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

        capacity = self._decoded_at_once(batch_size or self._batches.size)
        kind = ProcessDecoder if self._isolated else ThreadDecoder
        noted = examination or Examination()
        return DecoderPool(lambda: kind(self.preprocessing, noted, capacity))

    def _decoded_at_once(self, batch_size: int) -> int:
        return min(batch_size, BATCH_ON_CPU) if self._on_device else batch_size
