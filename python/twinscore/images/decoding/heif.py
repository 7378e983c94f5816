"""HEIC and HEIF photographs, by pillow-heif."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require
from twinscore.images.decoding.coding_points import CodingPoints
from twinscore.images.decoding.color import rgb_from_pillow
from twinscore.images.decoding.profiles import CODING_POINTS
from twinscore.images.decoding.size_limit import check_size
from twinscore.images.records import ImageFacts

if TYPE_CHECKING:
    from PIL import Image

_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


def is_heif(head: bytes) -> bool:
    """Tell from the first bytes whether a file is HEIF, AVIF excepted."""
    if head[4:8] != b"ftyp" or head[8:12] not in _BRANDS:
        return False
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return b"avif" not in (head[start : start + 4] for start in range(16, end, 4))


def read_heif(content: Path | bytes) -> Image.Image:
    """Read the primary picture of a HEIF file, turned, mirrored and cropped as it says.

    Raises
    ------
    MissingExtraError
        pillow-heif is not installed.
    """
    file = _opened(content)
    check_size(*file.size)
    image = file.to_pillow()
    points = file.info.get("nclx_profile")
    if points is not None and not file.info.get("icc_profile"):
        image.info[CODING_POINTS] = CodingPoints(
            points["color_primaries"], points["transfer_characteristics"]
        )
    # Applied while decoding.
    image.info.pop("exif", None)
    image.info.pop("xmp", None)
    return rgb_from_pillow(image)


def read_heif_facts(content: Path | bytes) -> ImageFacts:
    """Read what the header tells."""
    file = _opened(content)
    width, height = file.size
    bits = file.info.get("bit_depth", 8)
    return ImageFacts("HEIF", width, height, file.mode + ("" if bits == 8 else f";{bits}"))


def _opened(content: Path | bytes) -> Any:
    heif = require("pillow_heif", extra="heif", purpose="reading HEIC and HEIF files")
    source = str(content) if isinstance(content, Path) else io.BytesIO(content)
    return heif.open_heif(source)
