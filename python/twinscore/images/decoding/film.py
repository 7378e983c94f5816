"""DPX and Cineon: frames of film as scanners and graders hand them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding.color import composite, square_pixels, upright
from twinscore.images.decoding.openimageio import opened, parts_of, read_channels
from twinscore.images.decoding.samples import image_of_samples
from twinscore.images.decoding.size_limit import check_size
from twinscore.images.decoding.transfer import display_tones, printing_density_decoded
from twinscore.images.records import ImageFacts

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from PIL import Image

_DPX = (b"SDPX", b"XPDS")
_CINEON = (b"\x80\x2a\x5f\xd7", b"\xd7\x5f\x2a\x80")
_TURNED_BY_A_QUARTER = range(5, 9)
_PURPOSE = "reading DPX and Cineon files"
_FORMAT_NAMES = {"dpx": "DPX", "cineon": "Cineon"}
_NO_PICTURE = "expected channels R, G, B or one of grey, got"


def is_film(head: bytes) -> bool:
    """Tell from the first bytes whether a file is DPX or Cineon."""
    return head.startswith((*_DPX, *_CINEON))


def read_film(content: Path | bytes) -> Image.Image:
    """Read a DPX or Cineon frame as a display shows it.

    Printing density ("logarithmic" in DPX, and all of Cineon) becomes light by Kodak's conversion
    and is encoded as sRGB, as linear light is; other transfers are video, and shown as they are.
    Orientation and pixel aspect of the header are applied.

    Raises
    ------
    MissingExtraError
        OpenImageIO is not installed.
    UnreadableImageError
        The file is damaged, too large, or holds no picture.
    """
    suffix = ".dpx" if _first_bytes(content).startswith(_DPX) else ".cin"
    with opened(content, suffix, _PURPOSE) as file:
        channels = _picture_channels(file)
        spec = file.spec(0)
        check_size(spec.width, spec.height)
        orientation = spec.get_int_attribute("Orientation", 1)
        samples = read_channels(file, channels, "float")
        if orientation in _TURNED_BY_A_QUARTER:
            # OpenImageIO tells the sides as shown, and gives the pixels as stored.
            samples = samples.reshape(spec.width, spec.height, len(channels))
        image = _shown(samples.astype(np.float32, copy=False), _transfer(file, spec))
        aspect = spec.get_float_attribute("PixelAspectRatio", 1.0)
    return upright(square_pixels(image, aspect), orientation)


def read_film_facts(content: Path | bytes) -> ImageFacts:
    """Read what the header tells; raises as ``read_film`` does."""
    suffix = ".dpx" if _first_bytes(content).startswith(_DPX) else ".cin"
    with opened(content, suffix, _PURPOSE) as file:
        spec = file.spec(0)
        letters = "".join(spec.channelnames)
        bits = spec.get_int_attribute("oiio:BitsPerSample", 8 * spec.format.size())
        name = _FORMAT_NAMES.get(file.format_name(), file.format_name().upper())
        return ImageFacts(name, spec.width, spec.height, f"{letters};{bits}")


def _first_bytes(content: Path | bytes) -> bytes:
    if isinstance(content, bytes):
        return content[:4]
    with content.open("rb") as file:
        return file.read(4)


def _picture_channels(file: Any) -> tuple[int, ...]:
    (_, names), *_ = parts_of(file)
    upper = [name.upper() for name in names]
    for wanted in (["R", "G", "B", "A"], ["R", "G", "B"], ["Y", "A"], ["Y"], ["I"]):
        if set(wanted) <= set(upper):
            return tuple(upper.index(name) for name in wanted)
    raise UnreadableImageError(f"{_NO_PICTURE} {', '.join(names)}")


def _transfer(file: Any, spec: Any) -> str:
    if file.format_name() == "cineon":
        return "Logarithmic"
    return str(spec.get_string_attribute("dpx:Transfer"))


def _shown(samples: npt.NDArray[np.float32], transfer: str) -> Image.Image:
    count = samples.shape[2]
    color = samples[:, :, : count - 1] if count in (2, 4) else samples
    if transfer in ("Logarithmic", "Printing density"):
        tones = display_tones(printing_density_decoded(color))
    elif transfer == "Linear":
        tones = display_tones(color)
    else:
        tones = np.rint(np.clip(color, 0, 1) * 255).astype(np.uint8)
    if count not in (2, 4):
        return image_of_samples(tones).convert("RGB")
    alpha = np.rint(np.clip(samples[:, :, -1:], 0, 1) * 255).astype(np.uint8)
    return composite(image_of_samples(np.concatenate([tones, alpha], axis=2)).convert("RGBA"))
