"""Photoshop files of more than eight bits; Pillow reads the others."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding.color import rgb_from_pillow
from twinscore.images.decoding.openimageio import opened, read_channels
from twinscore.images.decoding.profiles import samples_in_srgb
from twinscore.images.decoding.samples import image_of_samples
from twinscore.images.decoding.size_limit import check_size
from twinscore.images.decoding.transfer import display_tones
from twinscore.images.records import ImageFacts

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

_SIGNATURE = b"8BPS"
_DEPTH_AT = 22
_PURPOSE = "reading Photoshop files of more than 8 bits"
_DEEP = (16, 32)


def is_deep_psd(head: bytes) -> bool:
    """Tell from the first bytes whether a file is PSD or PSB of 16 or 32 bits a sample."""
    if not head.startswith(_SIGNATURE) or len(head) < _DEPTH_AT + 2:
        return False
    (depth,) = struct.unpack_from(">H", head, _DEPTH_AT)
    return depth in _DEEP


def read_deep_psd(content: Path | bytes) -> Image.Image:
    """Read the merged picture of a Photoshop file; 32 bits are scene-linear light.

    Raises
    ------
    MissingExtraError
        OpenImageIO is not installed.
    UnreadableImageError
        The file is damaged, or its colours are none of grey and RGB.
    """
    with opened(content, ".psd", _PURPOSE) as file:
        spec = file.spec(0)
        check_size(spec.width, spec.height)
        if not set(spec.channelnames) <= set("RGBAYI"):
            names = ", ".join(spec.channelnames)
            raise UnreadableImageError(f"expected channels R, G, B or one of grey, got {names}")
        is_light = spec.format.size() == 4
        samples = read_channels(file, range(spec.nchannels), "float" if is_light else "uint16")
        profile = spec.getattribute("ICCProfile")
    if is_light:
        return rgb_from_pillow(image_of_samples(display_tones(samples)))
    said = {} if profile is None else {"icc_profile": np.asarray(profile).tobytes()}
    return rgb_from_pillow(samples_in_srgb(samples, said))


def read_deep_psd_facts(content: Path | bytes) -> ImageFacts:
    """Read what the header tells."""
    with opened(content, ".psd", _PURPOSE) as file:
        spec = file.spec(0)
        mode = f"{''.join(spec.channelnames)};{8 * spec.format.size()}"
        return ImageFacts("PSD", spec.width, spec.height, mode)
