"""Images through decoders and a network, side by side, in order and in bounded memory."""

from __future__ import annotations

import queue
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from twinscore.embedding.network.prefetch import prefetch
from twinscore.embedding.records import EmbeddedImage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from twinscore.base.arrays import FloatMatrix
    from twinscore.embedding.network.decoders import Decoder
    from twinscore.embedding.network.image_network import ImageNetwork
    from twinscore.embedding.network.preparation import Outcome
    from twinscore.images.records import ImageItem

NOT_FINITE = "embedding is not finite"

_DEVICE_RUNS = 2
"""Batches on a device at a time: while one is computed, the next is copied there."""

Value = TypeVar("Value")


class DecoderPool:
    """Decoders for a number of threads, made when first needed.

    Parameters
    ----------
    make
        Makes a decoder.
    """

    def __init__(self, make: Callable[[], Decoder]) -> None:
        self._make = make
        self._idle: queue.SimpleQueue[Decoder] = queue.SimpleQueue()
        self._all: list[Decoder] = []
        self._is_closed = False

    @contextmanager
    def borrow(self) -> Iterator[Decoder]:
        """Lend a decoder to the calling thread."""
        try:
            decoder = self._idle.get_nowait()
        except queue.Empty:
            decoder = self._make()
            self._all.append(decoder)
            if self._is_closed:
                decoder.close()
        yield decoder
        self._idle.put(decoder)

    def close(self) -> None:
        """Close all decoders, borrowed ones too."""
        self._is_closed = True
        for decoder in list(self._all):
            decoder.close()


def embed_beside_decoding(
    batches: Iterable[Sequence[ImageItem]],
    decoders: DecoderPool,
    network: ImageNetwork,
    threads: int,
) -> Generator[list[EmbeddedImage], None, None]:
    """Let every thread decode a batch and run the network on it: no thread waits for another.

    Parameters
    ----------
    batches
        Consumed in the caller's thread, at most two more than there are threads ahead.
    decoders, network
        The network runs in several threads at a time, so its session should take one thread.
    threads
        At least 1.

    Yields
    ------
    list of EmbeddedImage
        Of each batch, in order.
    """

    def embed(batch: Sequence[ImageItem]) -> list[EmbeddedImage]:
        with decoders.borrow() as decoder:
            outcomes = decoder.prepare(batch)
            is_read = _is_read(outcomes)
            inputs = decoder.inputs[: len(batch)]
            return joined(batch, outcomes, network.run_any(_rows(inputs, is_read)))

    with closing(prefetch(embed, batches, workers=threads, ahead=threads + 2)) as stream:
        yield from stream


def embed_after_decoding(
    batches: Iterable[Sequence[ImageItem]],
    decoders: DecoderPool,
    network: ImageNetwork,
    threads: int,
    batch_size: int,
) -> Generator[list[EmbeddedImage], None, None]:
    """Let threads decode, and a device run the network on larger batches meanwhile.

    Parameters
    ----------
    batches, decoders, threads
        See `embed_beside_decoding`.
    network
        On a device; it runs in two threads.
    batch_size
        Images the network takes at a time, at least; batches are not split.
    """

    def decode(batch: Sequence[ImageItem]) -> _Decoded:
        with decoders.borrow() as decoder:
            outcomes = decoder.prepare(batch)
            return _Decoded(batch, outcomes, decoder.inputs[_is_read(outcomes)])

    def embed(parts: list[_Decoded]) -> list[EmbeddedImage]:
        items = [item for part in parts for item in part.items]
        outcomes = [outcome for part in parts for outcome in part.outcomes]
        inputs = np.concatenate([part.inputs for part in parts])
        return joined(items, outcomes, network.run_any(inputs))

    ahead = threads + 2 + _DEVICE_RUNS * max(1, batch_size // 8)
    with (
        closing(prefetch(decode, batches, workers=threads, ahead=ahead)) as decoded,
        closing(
            prefetch(
                embed,
                _gathered(decoded, batch_size),
                workers=_DEVICE_RUNS,
                ahead=_DEVICE_RUNS + 1,
            )
        ) as stream,
    ):
        yield from stream


def in_batches(
    items: Iterable[Value], size: int, cut: int | None = None, already: int = 0
) -> Generator[list[Value], None, None]:
    """Yield lists of up to `size` items; none spans a multiple of `cut`, counted from `already`."""
    iterator = iter(items)
    done = already
    while True:
        wanted = size if cut is None else min(size, cut - done % cut)
        batch = list(islice(iterator, wanted))
        if not batch:
            return
        done += len(batch)
        yield batch


@dataclass(frozen=True, slots=True)
class _Decoded:
    items: Sequence[ImageItem]
    outcomes: list[Outcome]
    inputs: FloatMatrix


def _gathered(parts: Iterable[_Decoded], images: int) -> Iterator[list[_Decoded]]:
    gathered: list[_Decoded] = []
    for part in parts:
        gathered.append(part)
        if sum(len(part.items) for part in gathered) >= images:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _is_read(outcomes: list[Outcome]) -> list[int]:
    return [row for row, outcome in enumerate(outcomes) if outcome.failure is None]


def _rows(inputs: FloatMatrix, rows: list[int]) -> FloatMatrix:
    return inputs if len(rows) == len(inputs) else inputs[rows]


def joined(
    items: Sequence[ImageItem], outcomes: list[Outcome], vectors: FloatMatrix
) -> list[EmbeddedImage]:
    """Give each image its vector, of which there is one for each that was read.

    Parameters
    ----------
    items, outcomes
        Of equal lengths.
    vectors
        Shape (m, d), of the images that were read, in order.
    """
    remaining = iter(vectors)
    images = []
    for item, outcome in zip(items, outcomes, strict=True):
        vector, failure = None, outcome.failure
        if failure is None:
            vector = next(remaining)
            if not np.isfinite(vector).all():
                vector, failure = None, NOT_FINITE
        images.append(
            EmbeddedImage(item, vector, failure, outcome.facts, outcome.stamp, outcome.pixel_facts)
        )
    return images
