"""Which images, and pictures cut out of them, a store lacks; and which of its own are stale."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.embedding.store.known import Knowledge
from twinscore.embedding.store.rows import id_of, identity_of, image_id
from twinscore.embedding.store.view_columns import FOUND, IMAGE, column_of
from twinscore.images.annotations.digest import annotation_digest
from twinscore.images.content import read_stamp
from twinscore.images.records import ContentStamp
from twinscore.images.views.found_objects import found_in_json
from twinscore.images.views.settings import ENVIRONMENT, OF_OBJECTS, SCENES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from twinscore.embedding.embedding_run import ReportedRun
    from twinscore.embedding.store import StoreWriter
    from twinscore.images.annotations.records import AnnotatedImage
    from twinscore.images.records import ImageItem
    from twinscore.images.views.settings import ViewSettings
    from twinscore.images.views.viewed_images import ViewedImages

_WANTED = (Knowledge.NEW, Knowledge.CHANGED)


@dataclass(frozen=True, slots=True)
class LackingImage:
    """An image of which the store lacks something.

    Attributes
    ----------
    item
        In hand.
    identity
        Of the image.
    annotated
        What is written down of it.
    stamp
        Of the image and its annotations.
    wanted
        Ids of the pictures that are lacking; None while these are not known.
    """

    item: ImageItem
    identity: str
    annotated: AnnotatedImage | None
    stamp: ContentStamp
    wanted: frozenset[str] | None


class LackingImages:
    """Plans one run over annotated images into a store.

    Parameters
    ----------
    images
        What is annotated.
    writer
        Entered.
    settings
        Which views, whole images among them.
    hashed
        Know images again by the digest of their files.
    """

    def __init__(
        self, images: ViewedImages, writer: StoreWriter, settings: ViewSettings, *, hashed: bool
    ) -> None:
        self._images = images
        self._writer = writer
        self._settings = settings
        self._hashed = hashed
        self._found = _found_before(writer)

    def of_source(self, run: ReportedRun) -> Iterator[LackingImage]:
        """Walk the source, passing over the images of which the store has everything."""
        for place, item in enumerate(self._images.source):
            annotated = self._images.annotated(place, item)
            stamp = self._stamp(item, annotated)
            identity = identity_of(item)
            knowledge = self._plan(image_id(item), stamp)
            if knowledge is Knowledge.REPEATED:
                run.state.repeated += 1
                continue
            is_wanted = knowledge in _WANTED
            wanted = None if is_wanted else frozenset(self._lost(item, stamp))
            if is_wanted or wanted:
                yield LackingImage(item.in_hand(), identity, annotated, stamp, wanted)
            else:
                run.state.unchanged += 1
            run.report()

    def is_lacking(self, image: LackingImage, view: str, identity: str) -> bool:
        """Tell whether the store lacks a picture of an image, by its view and id."""
        if image.wanted is not None:
            return identity in image.wanted
        return view == SCENES or self._plan(identity, image.stamp) in _WANTED

    def missing(self) -> int:
        """Count the images of the store that the source does not list."""
        return sum(not self._writer.has_met(image) for image in self._found)

    def stale(self, rows: pa.Table) -> list[int]:
        """Tell which pictures are of an image that the source has, but no longer in it."""
        ids, images = rows["id"].to_pylist(), column_of(rows, IMAGE)
        return [
            row
            for row, (identity, image) in enumerate(zip(ids, images, strict=True))
            if image is not None
            and self._writer.has_met(image)
            and not self._writer.has_met(identity)
        ]

    def _lost(self, item: ImageItem, stamp: ContentStamp) -> Iterator[str]:
        """Find which pictures of an image that did not change are damaged, gone or to be retried.

        Those that are there are met by this.
        """
        text = self._found.get(image_id(item))
        if text is None:
            return
        found = found_in_json(text)
        views = [name for name in OF_OBJECTS if name in self._settings.names]
        shown = [each for each in found.objects if each.is_looked_at(self._settings)]
        pictures = [(view, each.number) for each in shown for view in views]
        if found.has_environment:
            pictures.append((ENVIRONMENT, 0))
        for view, number in pictures:
            identity = id_of(picture_identity(identity_of(item), view, number))
            if self._plan(identity, stamp) in _WANTED:
                yield identity

    def _plan(self, identity: str, stamp: ContentStamp) -> Knowledge:
        return self._writer.plan_of(identity, lambda: stamp)

    def _stamp(self, item: ImageItem, annotated: AnnotatedImage | None) -> ContentStamp:
        """Stamp an image together with its annotations; a change of either is one."""
        stamp = read_stamp(item, hashed=self._hashed)
        if stamp == ContentStamp() and isinstance(item.content, Path):
            # What was embedded of a file that is gone is still that of the image.
            return stamp
        content = stamp.sha256 or f"{stamp.size} {stamp.modified}"
        text = f"{content} {annotation_digest(annotated)}"
        return replace(stamp, sha256=hashlib.sha256(text.encode()).hexdigest())


def picture_identity(image: str, view: str, number: int = 0) -> str:
    """Return the identity of a picture of an image; that of a whole image is the image's own.

    Parameters
    ----------
    image
        Its identity.
    view
        One of `VIEWS`.
    number
        Of the object that is shown; 0 for none.
    """
    return image if view == SCENES else f"{image}\n{view} {number}"


def _found_before(writer: StoreWriter) -> dict[str, str | None]:
    """Return what the store says of the objects of each image, by its id; the last row counts."""
    found: dict[str, str | None] = {}
    for rows in writer.tables():
        columns = (rows["id"].to_pylist(), column_of(rows, IMAGE), column_of(rows, FOUND))
        triples = zip(*columns, strict=True)
        found.update({identity: text for identity, image, text in triples if image is None})
    return found
