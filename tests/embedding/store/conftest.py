from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from twinscore.embedding.records import EmbeddedImage
from twinscore.embedding.store import StoreDescription, StoreWriter
from twinscore.embedding.store.known import Knowledge
from twinscore.images.records import ContentStamp, ImageFacts, ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

WIDTH = 6


@pytest.fixture
def describe() -> Callable[..., StoreDescription]:
    """Describes stores of six-dimensional vectors in shards of four images."""

    def make(**changes: Any) -> StoreDescription:
        usual: dict[str, Any] = {
            "model": "net@1",
            "preprocessing": "crop@1",
            "dimension": WIDTH,
            "shard_size": 4,
        }
        return StoreDescription(**{**usual, **changes})

    return make


@pytest.fixture
def image() -> Callable[..., EmbeddedImage]:
    """Makes embedded images that depend on their number alone; with a failure, none."""

    def make(number: int, failure: str | None = None, **changes: Any) -> EmbeddedImage:
        vector = np.random.default_rng(number).standard_normal(WIDTH).astype(np.float32)
        item = ImageItem(f"image {number}", b"", **changes)
        return EmbeddedImage(
            item,
            vector if failure is None else None,
            failure,
            ImageFacts("PNG", 40, 30, "RGB"),
            ContentStamp(100 + number, 1000),
        )

    return make


@pytest.fixture
def fill_at(describe: Callable[..., StoreDescription]) -> Callable[..., StoreDescription]:
    """Writes images to a store at a path or URL as a run does: those that it needs."""

    def write(
        location: Path | str, images: Iterable[EmbeddedImage], prune: bool = False, **changes: Any
    ) -> StoreDescription:
        with StoreWriter(location, describe(**changes)) as writer:
            for each in images:
                stamp = partial(lambda each: each.stamp or ContentStamp(), each)
                knowledge = writer.plan(each.item, stamp)
                if knowledge in (Knowledge.NEW, Knowledge.CHANGED):
                    writer.extend([each])
            return writer.finish(prune=prune)

    return write


@pytest.fixture
def fill(
    tmp_path: Path, fill_at: Callable[..., StoreDescription]
) -> Callable[..., StoreDescription]:
    """Writes images to a store of a name, as `fill_at`."""

    def write(
        images: Iterable[EmbeddedImage], name: str = "store", prune: bool = False, **changes: Any
    ) -> StoreDescription:
        return fill_at(tmp_path / name, images, prune, **changes)

    return write
