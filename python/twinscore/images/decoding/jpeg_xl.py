"""JPEG XL, by imagecodecs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.extras import require
from twinscore.images.decoding.color import rgb_from_pillow
from twinscore.images.decoding.samples import image_of_samples
from twinscore.images.decoding.size_limit import check_size
from twinscore.images.records import ImageFacts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image

_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def is_jpeg_xl(head: bytes) -> bool:
    """Tell from the first bytes whether a file is JPEG XL."""
    return head.startswith((_CODESTREAM, _CONTAINER))


def read_jpeg_xl(content: Path | bytes) -> Image.Image:
    """Read a JPEG XL file; its orientation is applied, of an animation the first frame is taken.

    Raises
    ------
    MissingExtraError
        imagecodecs is not installed.
    UnreadableImageError
        The samples are no picture.
    """
    return rgb_from_pillow(image_of_samples(_decoded(content)))


def read_jpeg_xl_facts(content: Path | bytes) -> ImageFacts:
    """Read size and mode, for which the whole file is decoded."""
    samples = _decoded(content)
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    bits = 8 * samples.dtype.itemsize
    mode = _MODES.get(channels, str(channels)) + ("" if bits == 8 else f";{bits}")
    return ImageFacts("JPEG XL", samples.shape[1], samples.shape[0], mode)


def _decoded(content: Path | bytes) -> npt.NDArray[np.generic]:
    imagecodecs = require("imagecodecs", extra="cpu", purpose="reading JPEG XL files")
    encoded = content.read_bytes() if isinstance(content, Path) else content
    samples: npt.NDArray[np.generic] = imagecodecs.jpegxl_decode(encoded, index=0)
    check_size(samples.shape[1], samples.shape[0])
    return samples
