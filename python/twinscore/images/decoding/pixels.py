"""From an array or tensor in memory to an 8-bit RGB image."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding.color import composite
from twinscore.images.decoding.samples import eight_bit

_CHANNELS = (1, 3, 4)


def rgb_from_array(array: Any) -> Image.Image:
    """Convert pixels in memory to an RGB image.

    Parameters
    ----------
    array
        uint8, uint16 or floating point within 0..1, of shape (H, W), (H, W, 1), (H, W, 3) or
        (H, W, 4). A torch tensor, on whatever device, may have its channels first instead, and
        is taken so where both readings are possible.

    Raises
    ------
    UnreadableImageError
        The shape, dtype or range is none of these.
    """
    pixels = _tensor_pixels(array) if hasattr(array, "detach") else np.asarray(array)
    _check_shape(pixels)
    samples = _eight_bit(pixels)
    if samples.ndim == 3 and samples.shape[2] == 1:
        samples = samples[:, :, 0]
    image = Image.fromarray(np.ascontiguousarray(samples))
    return composite(image) if image.mode == "RGBA" else image.convert("RGB")


def _tensor_pixels(tensor: Any) -> npt.NDArray[Any]:
    try:
        pixels = np.asarray(tensor.detach().cpu())
    except (TypeError, RuntimeError) as error:
        raise UnreadableImageError(f"tensor has no NumPy equivalent ({error})") from error
    channels_first = pixels.ndim == 3 and pixels.shape[0] in _CHANNELS
    return np.moveaxis(pixels, 0, 2) if channels_first else pixels


def _check_shape(pixels: npt.NDArray[Any]) -> None:
    is_grey = pixels.ndim == 2
    has_channels = pixels.ndim == 3 and pixels.shape[2] in _CHANNELS
    if not (is_grey or has_channels) or pixels.size == 0:
        raise UnreadableImageError(
            "expected an array of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), "
            f"got {pixels.shape}"
        )


def _eight_bit(pixels: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    is_picture = pixels.dtype in (np.uint8, np.uint16) or np.issubdtype(pixels.dtype, np.floating)
    if not is_picture:
        raise UnreadableImageError(
            f"expected uint8, uint16 or floating-point samples, got {pixels.dtype}"
        )
    return eight_bit(pixels)
