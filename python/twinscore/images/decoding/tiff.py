"""TIFF beyond what Pillow reads: more than eight bits, floating point, separate planes."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import Image, TiffImagePlugin

from twinscore.base.errors import UnreadableImageError
from twinscore.base.extras import require
from twinscore.images.decoding.color import rgb_from_pillow, upright
from twinscore.images.decoding.jpeg_quality import quality_of_tables
from twinscore.images.decoding.profiles import samples_in_srgb
from twinscore.images.decoding.samples import eight_bit
from twinscore.images.decoding.size_limit import check_size
from twinscore.images.records import ImageFacts

if TYPE_CHECKING:
    import numpy.typing as npt

_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _SEPARATED = 0, 1, 2, 5
_COLOR_CHANNELS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _SEPARATED: 4}
_MODES = {_WHITE_IS_ZERO: "L", _BLACK_IS_ZERO: "L", _RGB: "RGB", _SEPARATED: "CMYK"}
_ASSOCIATED, _UNASSOCIATED = 1, 2
_ORIENTATION, _ICC_PROFILE = 274, 34675


def is_tiff(head: bytes) -> bool:
    """Tell from the first bytes whether a file is TIFF or BigTIFF."""
    return head.startswith(_SIGNATURES)


def read_tiff(content: Path | bytes) -> Image.Image:
    """Read the first page of a TIFF file, by Pillow where its samples have up to eight bits.

    Raises
    ------
    MissingExtraError
        There are more bits, and tifffile is not installed.
    UnreadableImageError
        The page is no picture: bands of a satellite, values without a known white.
    """
    with _as_file(content) as file:
        image = _opened_by_pillow(file)
        if image is not None:
            image.load()
            return rgb_from_pillow(image)
        file.seek(0)
        with _tifffile().TiffFile(file) as pages:
            page = pages.pages[0]
            check_size(page.imagewidth, page.imagelength)
            if len(page.dataoffsets) < math.prod(page.chunked):
                raise UnreadableImageError("truncated file")
            return _shown(_Samples.of(page))


def read_tiff_facts(content: Path | bytes) -> ImageFacts:
    """Read what the header tells."""
    with _as_file(content) as file:
        image = _opened_by_pillow(file)
        if image is not None:
            tags = image.tag_v2
            width, height = tags[TiffImagePlugin.IMAGEWIDTH], tags[TiffImagePlugin.IMAGELENGTH]
            tables = tags.get(TiffImagePlugin.JPEGTABLES)
            quality = quality_of_tables(tables) if isinstance(tables, bytes) else None
            return ImageFacts("TIFF", width, height, image.mode, quality)
        file.seek(0)
        with _tifffile().TiffFile(file) as pages:
            page = pages.pages[0]
            letters = _MODES.get(int(page.photometric), page.photometric.name)
            if page.samplesperpixel == _COLOR_CHANNELS.get(int(page.photometric), 0) + 1:
                letters += "A"
            mode = f"{letters};{page.dtype}"
            return ImageFacts("TIFF", page.imagewidth, page.imagelength, mode)


def read_tiff_orientation(content: Path | bytes) -> int:
    """Read how the first page lies in its file: an orientation as in EXIF, 1 where none is told."""
    with _as_file(content) as file:
        image = _opened_by_pillow(file)
        if image is not None:
            return int(image.tag_v2.get(_ORIENTATION, 1))
        file.seek(0)
        with _tifffile().TiffFile(file) as pages:
            return _orientation_of(pages.pages[0])


def _as_file(content: Path | bytes) -> BinaryIO:
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def _tifffile() -> Any:
    return require("tifffile", extra="cpu", purpose="reading TIFF files of more than 8 bits")


def _opened_by_pillow(file: BinaryIO) -> TiffImagePlugin.TiffImageFile | None:
    """Open what Pillow shows without loss; None for the rest."""
    try:
        image = Image.open(file, formats=["TIFF"])
    except Image.DecompressionBombError:
        raise
    except Exception:
        return None
    assert isinstance(image, TiffImagePlugin.TiffImageFile)
    bits = image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE, (1,))
    is_shallow = max(bits) <= 8 and image.mode not in ("I", "F")
    return image if is_shallow else None


@dataclass(frozen=True, slots=True)
class _Samples:
    """The samples of a page, channels last, and what they mean."""

    values: npt.NDArray[Any]
    bits: int | None
    photometric: int
    alpha: int | None
    orientation: int
    icc_profile: bytes | None

    @classmethod
    def of(cls, page: Any) -> _Samples:
        photometric = int(page.photometric)
        colors = _COLOR_CHANNELS.get(photometric)
        if colors is None:
            raise UnreadableImageError(f"TIFF of {page.photometric.name} in {page.dtype}")
        values = _channels_last(page)
        if values.shape[2] < colors or (photometric == _BLACK_IS_ZERO and values.shape[2] > 2):
            raise UnreadableImageError(
                f"expected {colors} channels and perhaps alpha, got {values.shape[2]}"
            )
        extra = [int(kind) for kind in page.extrasamples]
        alpha = extra[0] if extra and extra[0] in (_ASSOCIATED, _UNASSOCIATED) else None
        profile = page.tags.get(_ICC_PROFILE)
        return cls(
            values[:, :, : colors + (alpha is not None)],
            _bits(page),
            photometric,
            alpha,
            _orientation_of(page),
            None if profile is None else bytes(profile.value),
        )


def _orientation_of(page: Any) -> int:
    orientation = page.tags.get(_ORIENTATION)
    return 1 if orientation is None else int(orientation.value)


def _bits(page: Any) -> int | None:
    bits = page.bitspersample
    return int(bits) if isinstance(bits, int) and page.dtype.kind == "u" else None


def _channels_last(page: Any) -> npt.NDArray[Any]:
    values = page.asarray()
    axes = page.axes
    if "S" not in axes:
        values, axes = values[..., None], axes + "S"
    if sorted(axes) != ["S", "X", "Y"]:
        raise UnreadableImageError(f"expected a picture, got a TIFF with the axes {page.axes}")
    return np.moveaxis(values, [axes.index(axis) for axis in "YXS"], [0, 1, 2])


def _shown(samples: _Samples) -> Image.Image:
    said = {} if samples.icc_profile is None else {"icc_profile": samples.icc_profile}
    if samples.photometric == _SEPARATED:
        image = Image.fromarray(eight_bit(samples.values[:, :, :4], samples.bits), "CMYK")
        image.info.update(said)
    else:
        image = samples_in_srgb(_colors_of(samples), said, samples.bits)
    return upright(rgb_from_pillow(image), samples.orientation)


def _colors_of(samples: _Samples) -> npt.NDArray[Any]:
    values = samples.values
    if samples.photometric == _WHITE_IS_ZERO and values.dtype.kind == "u":
        most = (1 << (samples.bits or 8 * values.dtype.itemsize)) - 1
        values = np.concatenate([most - values[:, :, :1], values[:, :, 1:]], axis=2)
        values = values.astype(samples.values.dtype)
    if samples.alpha == _ASSOCIATED:
        # The background is black: what is multiplied already stands before it.
        return values[:, :, :-1]
    return values
