"""Read one image from a file, bytes or memory; every bad file gives one short reason."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from PIL import Image

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.images.alterations.altered_image import AlteredImage
from twinscore.images.decoding.avif import avif_coding_points
from twinscore.images.decoding.color import rgb_from_pillow
from twinscore.images.decoding.decoded_image import DecodedImage
from twinscore.images.decoding.facts import facts_of_opened, read_facts
from twinscore.images.decoding.formats import HEAD, reader_of, supported_formats
from twinscore.images.decoding.jpeg2000 import deep_bits, read_deep_jpeg2000
from twinscore.images.decoding.pillow_warnings import pillow_warnings_silenced
from twinscore.images.decoding.pixels import rgb_from_array
from twinscore.images.decoding.png import decoded_png
from twinscore.images.decoding.profiles import CODING_POINTS
from twinscore.images.decoding.reasons import reason_of, system_reason
from twinscore.images.decoding.reduction import reduction_factor
from twinscore.images.records import CutPicture, ImageHandle, ImageInTurn
from twinscore.images.views.image_view import ImageView

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from twinscore.images.records import ImageFacts, ImageItem


class SupportsArray(Protocol):
    """What NumPy can read as an array: NumPy's own and torch tensors."""

    def __array__(self) -> npt.NDArray[np.generic]:
        """Return the values as an array."""


Encoded = bytes | bytearray | memoryview
ImageContent = (
    Path
    | str
    | ImageHandle
    | ImageInTurn
    | AlteredImage
    | ImageView
    | CutPicture
    | Encoded
    | Image.Image
    | SupportsArray
)


def read_image(
    content: ImageContent, *, shorter_side: int | None = None, exposure: float = 0.0
) -> Image.Image:
    """Read an image as upright 8-bit sRGB.

    What a file says of its picture is heeded in every format alike: its orientation, its colours
    (ICC profile, primaries, transfer) and, in film and scene-linear formats, the shape of its
    pixels. Transparency is composited onto ``color.BACKGROUND``, grey becomes RGB, samples of
    more bits are rounded to eight, and of several frames the first is taken.

    Parameters
    ----------
    content
        A path, a handle, a frame in its turn, an encoded image, a Pillow image, an array of shape
        (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), or a torch tensor of that shape or channels
        first. Arrays are uint8, uint16 or floating point within 0..1.
    shorter_side
        Pixels. A JPEG is decoded at 1/2, 1/4 or 1/8 of its size, which is quicker, where its
        shorter side keeps at least so many (`reduction_factor`). None: at full size.
    exposure
        In stops, for scene-linear files (`read_scene_linear`); others are what they are.

    Returns
    -------
    Image.Image
        Mode RGB, loaded: no file stays open. The caller's own image may be returned as it is.

    Raises
    ------
    MissingExtraError
        The package that reads this format is not installed.
    UnreadableImageError
        The content is no image that can be read, whatever the decoder made of it; the message is
        the reason.
    TypeError
        The content is of none of these types.
    """
    return _read_or_refuse(content, _Options(shorter_side, exposure))


def read_image_and_facts(
    item: ImageItem, *, exposure: float = 0.0
) -> tuple[Image.Image, ImageFacts | None]:
    """Read an image at full size, and what its file tells: opened once, where Pillow reads it.

    Parameters
    ----------
    item
        Any image of a source.
    exposure
        As in `read_image`, whose errors it raises.

    Returns
    -------
    image : Image.Image
        As `read_image` returns it.
    facts : ImageFacts or None
        As `read_facts` returns them.
    """
    told: list[ImageFacts] = []
    image = _read_or_refuse(item.content, _Options(None, exposure, told))
    # What is taken in its turn, a file or not, tells nothing.
    is_file = isinstance(item.content, Path | str | ImageHandle | Encoded)
    return image, told[0] if told and is_file else read_facts(item)


def _read_or_refuse(content: ImageContent, options: _Options) -> Image.Image:
    if not _holds_an_image(content):
        expected = "a path, encoded bytes, a Pillow image, an array or a tensor"
        raise TypeError(f"expected {expected}, got {type(content).__name__}")
    try:
        with pillow_warnings_silenced():
            return _read(content, options)
    except MissingExtraError:
        raise
    except Exception as error:
        raise UnreadableImageError(reason_of(error)) from error


@dataclass(frozen=True, slots=True)
class _Options:
    """How to read.

    Attributes
    ----------
    shorter_side, exposure
        As in `read_image`.
    told
        Where what a file tells is put once Pillow has opened it; None where nobody asks.
    """

    shorter_side: int | None
    exposure: float
    told: list[ImageFacts] | None = None


def _holds_an_image(content: object) -> bool:
    kinds = (
        *(Path, str, AlteredImage, ImageView, CutPicture, ImageInTurn, ImageHandle),
        *(bytes, bytearray, memoryview, Image.Image),
    )
    return isinstance(content, kinds) or hasattr(content, "__array__")


def _read(content: ImageContent, options: _Options) -> Image.Image:
    if isinstance(content, AlteredImage):
        decoded = DecodedImage(_read(content.content, options), options.shorter_side)
        # Detail goes where the decoder did not leave it out, so that all are altered at one size.
        return content.alter(decoded.reduced)
    if isinstance(content, ImageView):
        whole = _read(content.content, replace(options, shorter_side=None))
        return content.cut.of(DecodedImage(whole, options.shorter_side))
    if isinstance(content, CutPicture):
        return content.picture
    if isinstance(content, Path | str):
        return _read_file(Path(content), options)
    if isinstance(content, ImageInTurn):
        content = content.take_in_turn()
    if isinstance(content, ImageHandle):
        content = content.read()
    if isinstance(content, Encoded):
        return _decode(io.BytesIO(content), bytes(content), options)
    if isinstance(content, Image.Image):
        content.load()
        return rgb_from_pillow(content)
    return rgb_from_array(content)


def _read_file(path: Path, options: _Options) -> Image.Image:
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise UnreadableImageError("no such file") from error
    except OSError as error:
        raise UnreadableImageError(system_reason(error)) from error
    except ValueError as error:
        raise UnreadableImageError("not a file name") from error
    with file:
        return _decode(file, path, options)


def _decode(file: BinaryIO, origin: Path | bytes, options: _Options) -> Image.Image:
    """Decode an open file; ``origin`` is the same file, or its bytes."""
    head = file.read(HEAD)
    if not head:
        raise UnreadableImageError("empty file")
    try:
        reader = reader_of(head)
        if reader is not None:
            return reader.read(origin, options.exposure)
        return rgb_from_pillow(_opened(file, options))
    except (UnreadableImageError, MissingExtraError):
        raise
    except Exception as error:
        raise UnreadableImageError(reason_of(error, head)) from error


def _opened(file: BinaryIO, options: _Options) -> Image.Image:
    """Open and load what Pillow knows, by another decoder where that one sees more."""
    file.seek(0)
    image: Image.Image = Image.open(file, formats=supported_formats())
    if options.told is not None:
        options.told.extend(_told_by(image, file))
    if image.format == "PNG":
        image = decoded_png(image, file)
    elif image.format == "JPEG2000":
        image = _all_bits(image, file)
    elif image.format == "AVIF":
        points = avif_coding_points(file)
        if points is not None:
            image.info[CODING_POINTS] = points
    elif options.shorter_side is not None:
        _decode_reduced(image, options.shorter_side)
    image.load()
    return image


def _told_by(image: Image.Image, file: BinaryIO) -> list[ImageFacts]:
    place = file.tell()
    file_size = file.seek(0, io.SEEK_END)
    file.seek(place)
    try:
        return [replace(facts_of_opened(image), file_size=file_size)]
    except Exception:
        # Damaged headers make Pillow raise nearly anything, and may leave the pixels whole.
        return []


def _all_bits(image: Image.Image, file: BinaryIO) -> Image.Image:
    file.seek(0)
    content = file.read()
    bits = deep_bits(content)
    if bits is None:
        return image
    return read_deep_jpeg2000(content, bits, image.info)


def _decode_reduced(image: Image.Image, shorter_side: int) -> None:
    """Let the decoder leave out detail where it can, which of all formats is JPEG."""
    factor = reduction_factor(image.size, shorter_side)
    if factor > 1:
        width, height = image.size
        image.draft(None, (max(1, width // factor), max(1, height // factor)))
