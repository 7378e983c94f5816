"""From images of a source to rows of a network's input, with what is noted on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twinscore.base.errors import MissingExtraError
from twinscore.images.content import read_stamp
from twinscore.images.records import ContentStamp, ImageFacts, ImageHandle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import FloatMatrix
    from twinscore.images.decoding import Preprocessing
    from twinscore.images.records import ImageItem, PixelFacts


@dataclass(frozen=True, slots=True)
class Examination:
    """What is noted of an image besides its pixels.

    Attributes
    ----------
    facts
        What its file tells, and what its pixels do.
    stamps, hashed
        What tells whether it changes, and whether that is to be a digest of its file.
    """

    facts: bool = False
    stamps: bool = False
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one image: its input was written, or `failure` says why not."""

    failure: str | None
    facts: ImageFacts | None = None
    stamp: ContentStamp | None = None
    pixel_facts: PixelFacts | None = None


def prepare_images(
    items: Sequence[ImageItem],
    preprocessing: Preprocessing,
    examination: Examination,
    inputs: FloatMatrix,
) -> list[Outcome]:
    """Decode images and write the network's inputs.

    Parameters
    ----------
    items
        Images, at most as many as there is room for.
    preprocessing
        Of the network.
    examination
        What is to be noted.
    inputs
        Shape (m, 3, crop, crop), float32: row i becomes the input of image i; rows of images
        that cannot be read are left as they are.

    Returns
    -------
    list of Outcome
        One per image, in order.
    """
    return [
        _prepare(item, preprocessing, examination, row)
        for item, row in zip(items, inputs, strict=False)
    ]


def _prepare(
    item: ImageItem, preprocessing: Preprocessing, examination: Examination, row: FloatMatrix
) -> Outcome:
    # Pillow comes with these, and `import twinscore` does without it.
    from twinscore.images.decoding.facts import read_facts
    from twinscore.images.decoding.prepare import (
        prepare_and_measure,
        prepare_image,
        read_for_network,
    )
    from twinscore.images.decoding.reasons import reason_of

    stamp = facts = measured = None
    try:
        # The stamp comes first: a file that is written meanwhile is then found changed.
        stamp = read_stamp(item, hashed=examination.hashed) if examination.stamps else None
        if isinstance(item.content, ImageHandle):
            # Read once, for facts as for pixels.
            item = replace(item, content=item.content.read())
        if examination.facts:
            facts = read_facts(item)
            image = read_for_network(item.content, preprocessing)
            row[...], measured = prepare_and_measure(image, preprocessing, facts)
        else:
            row[...] = prepare_image(item.content, preprocessing)
    except MissingExtraError:
        raise
    except Exception as error:
        # Whatever one image makes a library raise, the others are not lost for it.
        return Outcome(reason_of(error), facts, stamp)
    return Outcome(None, facts, stamp, measured)
