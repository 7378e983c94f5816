"""Frozen records and errors: the only things the stages hand to each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image

FloatMatrix = npt.NDArray[np.float32]
PointMatrix = npt.NDArray[np.float32 | np.float16]
Float64Array = npt.NDArray[np.float64]
IdArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

ProgressCallback = Callable[[int, int], None]
"""Called with (done, total) now and then while a long stage runs."""


class MissingExtraError(ImportError):
    """An optional dependency is not installed; the message holds the pip command."""


class UnreadableImageError(ValueError):
    """One image could not be read; the message is the reason, in a few words."""


class TooManySkipsError(ValueError):
    """So many images of one side were unreadable that a score would mislead."""


@runtime_checkable
class ImageHandle(Protocol):
    """An encoded image that lies in an archive or far away, read when its turn comes.

    Small, picklable, without an open file: it may be read in any thread or process, repeatedly.
    """

    def read(self) -> bytes:
        """Return the encoded image.

        Raises
        ------
        UnreadableImageError
            It cannot be had; the message is the reason.
        """


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an image lies in a file that holds several.

    Attributes
    ----------
    file
        An archive, a clip, a table; on this machine.
    within
        What tells its images apart: the name of a member, a row, a time.
    """

    file: Path
    within: str


@runtime_checkable
class ImageInTurn(Protocol):
    """An image that is had cheaply only after those before it, such as a frame of a clip.

    One that nobody takes costs nothing. It belongs to the thread that walks the source.
    """

    def take_in_turn(self) -> ImageHandle | npt.NDArray[np.generic]:
        """Return the pixels, or a handle that gives the reason why there are none."""


@dataclass(frozen=True, slots=True)
class ImageItem:
    """One image of a source, not yet read.

    Attributes
    ----------
    name
        How people recognise it: a path, an archive member, a row number.
    content
        A file to read, a handle that reads it, encoded bytes, pixels already in memory, or a
        frame to take in its turn.
    group
        Correlated images (one clip, scene, camera pass) share a group; None is a group of one.
    columns
        What else is known of the image, by column name: the values that slices are made of.
    origin
        The file that holds this image among others; None for a file of its own, and for what is
        in memory or far away.
    """

    name: str
    content: Path | ImageHandle | ImageInTurn | bytes | Image.Image | npt.NDArray[np.generic]
    group: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None

    def in_hand(self) -> ImageItem:
        """Return the image with a content that may be read later, in any thread or process."""
        if isinstance(self.content, ImageInTurn):
            return replace(self, content=self.content.take_in_turn())
        return self


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a file tells without its pixels; alone enough to tell sides apart when it differs.

    Attributes
    ----------
    format
        Such as "JPEG" or "PNG".
    width, height
        In pixels, as stored.
    mode
        Colour mode, such as "RGB", "L" or "I;16".
    quality
        Estimated JPEG quality, 1 to 100; None for other formats.
    """

    format: str
    width: int
    height: int
    mode: str
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class ContentStamp:
    """What tells whether an image is still the one that was read before.

    Attributes
    ----------
    size
        Bytes; None for pixels in memory and for a file that is not there.
    modified
        Nanoseconds since 1970 at which the file was last written; None where there is no file.
    sha256
        Hexadecimal digest of the content; None where it was not computed.
    """

    size: int | None = None
    modified: int | None = None
    sha256: str | None = None


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
    """

    item: ImageItem
    vector: FloatMatrix | None
    failure: str | None
    facts: ImageFacts | None = None
    stamp: ContentStamp | None = None


class ImageSource(Protocol):
    """An ordered, re-iterable collection of images: order is deterministic."""

    def __len__(self) -> int:
        """Return the number of images, readable or not."""

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in their deterministic order."""


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
    """

    vectors: PointMatrix
    names: tuple[str, ...]
    groups: tuple[str, ...] | None = None
    skipped: tuple[Skipped, ...] = ()
    model: str | None = None
    preprocessing: str | None = None
    columns: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    facts: tuple[ImageFacts | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class Neighbors:
    """The k nearest points of every query, ordered by (distance, id).

    Distances that agree to 1e-12 relative count as one distance and are reported as equal.

    Attributes
    ----------
    distances
        Shape (n, k), float64: squared Euclidean distances.
    ids
        Shape (n, k), int64: row numbers in the reference.
    tie_offsets, tie_ids
        The points as near as the k-th neighbor that found no place among the k:
        those of query i are ``tie_ids[tie_offsets[i]:tie_offsets[i + 1]]``, in order of id.
    """

    distances: Float64Array
    ids: IdArray
    tie_offsets: IdArray
    tie_ids: IdArray
