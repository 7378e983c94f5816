"""What the header of a Radiance HDR file says beside its size (Ward, "Real Pixels", 1991)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.images.decoding.primaries import XYZ_CHROMATICITIES

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST = 1 << 16
_XYZ = b"FORMAT=32-bit_rle_xyze"
_RGB = b"FORMAT=32-bit_rle_rgbe"

_ORIENTATIONS = {
    (b"-Y", b"+X"): 1,
    (b"-Y", b"-X"): 2,
    (b"+Y", b"-X"): 3,
    (b"+Y", b"+X"): 4,
    (b"+X", b"-Y"): 5,
    (b"-X", b"-Y"): 6,
    (b"-X", b"+Y"): 7,
    (b"+X", b"+Y"): 8,
}
"""EXIF orientation by where the first row lies and which way it runs: -Y begins at the top, +X at
the left. OpenImageIO takes 6 and 8 for one another."""


@dataclass(frozen=True, slots=True)
class RadianceHeader:
    """The lines of a header that change the picture and that OpenImageIO passes over.

    EXPOSURE and COLORCORR tell what the values have been multiplied by already, so that the
    picture is to be shown as it is, and are left alone.

    Attributes
    ----------
    chromaticities
        Of PRIMARIES, or those of CIE XYZ; None where the file has the usual ones.
    pixel_aspect
        Width of a pixel by its height: the inverse of PIXASPECT, of which there may be several.
    is_xyz
        The file holds CIE XYZ.
    orientation
        Of the resolution line, 1 to 8 as in EXIF.
    """

    chromaticities: tuple[float, ...] | None = None
    pixel_aspect: float = 1.0
    is_xyz: bool = False
    orientation: int = 1


def read_radiance_header(content: Path | bytes) -> RadianceHeader:
    """Read the header as far as it can be understood."""
    head = content[:_LONGEST] if isinstance(content, bytes) else _first_bytes(content)
    text, _, rest = head.partition(b"\n\n")
    lines = text.split(b"\n")
    is_xyz = _XYZ in lines
    chromaticities = XYZ_CHROMATICITIES if is_xyz else None
    aspect = 1.0
    for line in lines:
        name, _, value = line.partition(b"=")
        numbers = _numbers(value)
        if name == b"PRIMARIES" and len(numbers) == 8 and not is_xyz:
            chromaticities = numbers
        elif name == b"PIXASPECT" and len(numbers) == 1 and numbers[0] > 0:
            aspect /= numbers[0]
    major, _, minor, _ = (*rest.partition(b"\n")[0].split(), *[b""] * 4)[:4]
    orientation = _ORIENTATIONS.get((major, minor), 1)
    return RadianceHeader(chromaticities, aspect, is_xyz, orientation)


def as_rgb_file(content: Path | bytes) -> bytes:
    """Return a file of CIE XYZ as one of RGB, with the same numbers: the kind readers know."""
    whole = content if isinstance(content, bytes) else content.read_bytes()
    return whole.replace(_XYZ, _RGB, 1)


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LONGEST)


def _numbers(text: bytes) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in text.split())
    except ValueError:
        return ()
