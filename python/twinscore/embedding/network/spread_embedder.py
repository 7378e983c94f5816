"""An embedder whose images are decoded and embedded by workers."""

from __future__ import annotations

import dataclasses
import os
from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING

from twinscore.base.errors import SettingError
from twinscore.base.workers.opening import check_workers, opened_workers
from twinscore.base.workers.protocol import WorkerNeeds
from twinscore.base.workers.tasks import in_order
from twinscore.embedding.network.embedder import BATCH_ON_CPU, BATCH_ON_DEVICE
from twinscore.embedding.network.flow import in_batches, joined
from twinscore.embedding.network.image_embedder import BatchPlan, ImageEmbedder
from twinscore.embedding.network.image_part import PartSettings, embed_part, file_of
from twinscore.embedding.network.preparation import Examination

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from twinscore.base.workers.protocol import Workers
    from twinscore.embedding.network.image_part import EmbeddedPart
    from twinscore.embedding.records import EmbeddedImage
    from twinscore.images.records import ImageItem

DEVICES = ("cpu", "cuda")

MOST_BATCHES = 8
"""Batches of a part: few enough that little is lost with a worker, and that all finish together."""

PARTS_OF_A_SIZE = 2
"""Parts for each worker before parts grow by a batch: few images, too, are shared by all."""


class SpreadEmbedder(ImageEmbedder):
    """Has the images of a stream decoded and embedded by workers, and gives them in order.

    Batches are those of one process, hence the vectors are the same bits on processors of one
    kind; all that comes of images goes through the process that asks.

    Parameters
    ----------
    here
        The same network in this process, opened on the CPU: it tells what the vectors will be.
    workers
        By name, or open already.
    threads
        Of each worker; None for one.
    device
        Where the network runs in a worker: "cpu", or "cuda" with one CUDA device for each.

    Raises
    ------
    ValueError
        The model is an object of this process, the device is none that a worker can have, or there
        are no such workers.
    MissingExtraError
        Ray is not installed.
    """

    def __init__(
        self,
        here: ImageEmbedder,
        workers: str | Workers,
        threads: int | None = None,
        device: str = "cpu",
    ) -> None:
        check_workers(workers)
        if device not in DEVICES:
            raise SettingError(f"expected the device cpu or cuda with workers, got {device!r}")
        model = here.recipe.model
        if not isinstance(model, str | os.PathLike):
            raise SettingError(
                "expected a model by its name or file to embed with workers, "
                f"got {type(model).__name__}"
            )
        self._workers = workers
        self._needs = WorkerNeeds(threads=threads or 1, cuda=device == "cuda")
        where = os.fspath(model)
        recipe = dataclasses.replace(
            here.recipe,
            model=os.path.abspath(where) if os.path.exists(where) else where,  # noqa: PTH100, PTH110
            device=device,
        )
        standard = BATCH_ON_DEVICE if device == "cuda" else BATCH_ON_CPU
        batches = BatchPlan(here.recipe.batch_size or standard, self._needs.threads)
        super().__init__(here.network, recipe, here.preprocessing, batches)

    def stream(
        self,
        items: Iterable[ImageItem],
        examination: Examination | None = None,
        *,
        cut: int | None = None,
        already: int = 0,
        batch_size: int | None = None,
    ) -> Generator[list[EmbeddedImage], None, None]:
        """Embed images as they come, in order, a part at a time; see `ImageEmbedder.stream`.

        Closing the generator cancels what workers do.

        Raises
        ------
        OSError
            Workers died again and again, cannot be reached, or do not see the files.
        """
        size = batch_size or self._batches.size
        settings = PartSettings(
            self.recipe,
            self.fingerprint,
            self.preprocessing,
            examination or Examination(),
            self._needs.threads,
            size,
            os.getcwd(),  # noqa: PTH109
        )
        batches = in_batches((item.in_hand() for item in items), size, cut, already)
        sent: deque[list[ImageItem]] = deque()
        with opened_workers(self._workers, self._needs) as workers:
            shared = workers.share(settings)

            def arguments() -> Iterator[tuple[object, ...]]:
                for part in _parts(batches, cut, already, workers):
                    sent.append(part)
                    yield shared, part

            with closing(in_order(workers, embed_part, arguments())) as parts:
                for part in parts:
                    of_part = sent.popleft()
                    _check_seen(of_part, part)
                    yield joined(of_part, part.outcomes, part.vectors)


def _parts(
    batches: Iterable[list[ImageItem]], cut: int | None, already: int, workers: Workers
) -> Iterator[list[ImageItem]]:
    """Put batches together to parts, none of which spans a multiple of `cut`."""
    part: list[ImageItem] = []
    done, taken, yielded = already, 0, 0
    for batch in batches:
        part += batch
        done += len(batch)
        taken += 1
        wanted = min(MOST_BATCHES, 1 + yielded // (PARTS_OF_A_SIZE * workers.count))
        if taken >= wanted or (cut is not None and done % cut == 0):
            yield part
            part, taken, yielded = [], 0, yielded + 1
    if part:
        yield part


def _check_seen(items: list[ImageItem], part: EmbeddedPart) -> None:
    """Refuse to take images for lost that only a worker cannot see."""
    for place in part.not_there:
        path = file_of(items[place])
        if path is not None and path.exists():
            raise FileNotFoundError(
                f"the worker on {part.machine} does not see {path}, which is here: workers need "
                "the same folders, or images at URLs"
            )
