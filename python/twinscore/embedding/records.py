"""Images as points, with what is known about each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix, PointMatrix
    from twinscore.images.records import ContentStamp, ImageFacts, ImageItem, PixelFacts


@dataclass(frozen=True, slots=True)
class EmbeddedImage:
    """What became of one image of a source.

    Attributes
    ----------
    item
        The image; its content may have been let go.
    vector
        Shape (d,), float32, finite; None where there is none.
    failure
        Why there is no vector, in a few words; None where there is one.
    facts
        What its file tells; None where that was not asked for, or nothing can be told.
    stamp
        What tells whether it changes; None where that was not asked for.
    pixel_facts
        What its pixels tell, in the order of `FACT_NAMES`; None like `facts`.
    """

    item: ImageItem
    vector: FloatMatrix | None
    failure: str | None
    facts: ImageFacts | None = None
    stamp: ContentStamp | None = None
    pixel_facts: PixelFacts | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """An image that was left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One side of the comparison as points, with what is known about each row.

    Attributes
    ----------
    vectors
        Shape (n, d), float32 or float16, finite.
    names
        Length n: the image or row each vector came from.
    groups
        Length n, or None when every image stands for itself.
    skipped
        Images that gave no row.
    model, preprocessing
        Fingerprints of what produced the vectors; None for embeddings made elsewhere.
    columns
        Further columns by name, each of length n.
    facts
        Length n, or None where there were no image files to look at.
    passed_over
        Files that are images by their ending and are not read, counted by ending.
    pixel_facts
        Shape (n, m), float32: what the pixels of each image tell, in the order of `FACT_NAMES`,
        NaN for what is not known; None where nothing is.
    """

    vectors: PointMatrix
    names: tuple[str, ...]
    groups: tuple[str, ...] | None = None
    skipped: tuple[Skipped, ...] = ()
    model: str | None = None
    preprocessing: str | None = None
    columns: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    facts: tuple[ImageFacts | None, ...] | None = None
    passed_over: Mapping[str, int] = field(default_factory=dict)
    pixel_facts: npt.NDArray[np.float32] | None = None
