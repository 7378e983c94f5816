"""Images that are not yet read, and what is known of them before they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from PIL import Image

    from twinscore.images.alterations.altered_image import AlteredImage
    from twinscore.images.views.image_view import ImageView


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
        A file to read, a handle that reads it, encoded bytes, pixels already in memory, a
        frame to take in its turn, or any of these altered, or a part of them.
    group
        Correlated images (one clip, scene, camera pass) share a group; None is a group of one.
    columns
        What else is known of the image, by column name: the values that slices are made of.
    origin
        The file that holds this image among others; None for a file of its own, and for what is
        in memory or far away.
    identity
        What tells it from all others where name, content and origin do not: a picture that was
        cut out of an image.
    """

    name: str
    content: (
        Path
        | ImageHandle
        | ImageInTurn
        | AlteredImage
        | ImageView
        | CutPicture
        | bytes
        | Image.Image
        | npt.NDArray[np.generic]
    )
    group: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None
    identity: str | None = None

    def in_hand(self) -> ImageItem:
        """Return the image with a content that may be read later, in any thread or process."""
        if isinstance(self.content, ImageInTurn):
            return replace(self, content=self.content.take_in_turn())
        return self


class ImageSource(Protocol):
    """An ordered, re-iterable collection of images: order is deterministic."""

    def __len__(self) -> int:
        """Return the number of images, readable or not."""

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in their deterministic order."""


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
    file_size
        Bytes of the encoded image; None where that is not known.
    """

    format: str
    width: int
    height: int
    mode: str
    quality: int | None = None
    file_size: int | None = None


@dataclass(frozen=True, slots=True)
class CutPicture:
    """Pixels cut out of an image, and what is known of its file.

    Attributes
    ----------
    picture
        Mode RGB.
    facts
        Of the file: from its size is known by what the whole of it was reduced.
    """

    picture: Image.Image
    facts: ImageFacts | None


PixelFacts = tuple[float | None, ...]
"""What the pixels of an image tell, in the order of `FACT_NAMES`; None for what is not known."""


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
