"""From an RGB image to a network's input."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from twinscore.images.color import BACKGROUND

if TYPE_CHECKING:
    from twinscore.records import FloatMatrix

Channels = tuple[float, float, float]

_RESAMPLING = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "lanczos": Image.Resampling.LANCZOS,
}

_CONVENTIONS = {
    "background": BACKGROUND,
    "orientation": "exif",
    "resampling": "pillow-antialiased-uint8",
    "crop": "exact-centre",
    "layout": "NCHW-RGB-float32",
}
"""What no field says and yet decides the pixels: part of the fingerprint."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How an image becomes a network's input.

    The image is scaled without distortion until its shorter side has ``resize_shorter`` pixels,
    and the centre square of ``crop`` pixels is taken; a channel value x in 0..255 becomes
    ``(x - mean) / scale``.

    Attributes
    ----------
    resize_shorter, crop
        Pixels; ``crop`` is at most ``resize_shorter``.
    interpolation
        "bicubic", "bilinear" or "lanczos", antialiased.
    mean, scale
        Per channel R, G, B, in units of 0..255.
    """

    resize_shorter: int = 256
    crop: int = 224
    interpolation: str = "bicubic"
    mean: Channels = (127.0, 127.0, 127.0)
    scale: Channels = (128.0, 128.0, 128.0)

    def __post_init__(self) -> None:
        # 127 and 127.0 are one recipe and must have one fingerprint.
        for name in ("mean", "scale"):
            values = tuple(float(value) for value in getattr(self, name))
            object.__setattr__(self, name, values)
        if not 0 < self.crop <= self.resize_shorter:
            raise ValueError(
                f"expected 0 < crop <= resize_shorter, got {self.crop} and {self.resize_shorter}"
            )
        if self.interpolation not in _RESAMPLING:
            expected = ", ".join(_RESAMPLING)
            raise ValueError(f"expected an interpolation of {expected}, got {self.interpolation!r}")
        if len(self.mean) != 3 or len(self.scale) != 3:
            raise ValueError(
                f"expected 3 values each for mean and scale, got {self.mean} and {self.scale}"
            )
        if not all(value > 0 for value in self.scale):
            raise ValueError(f"expected positive scale, got {self.scale}")

    @property
    def fingerprint(self) -> str:
        """Short text that is equal only where the same image gives the same input."""
        recipe = json.dumps([dataclasses.asdict(self), _CONVENTIONS], sort_keys=True)
        digest = hashlib.sha256(recipe.encode()).hexdigest()[:8]
        return f"rgb-shorter{self.resize_shorter}-{self.interpolation}-crop{self.crop}@{digest}"

    def with_crop(self, crop: int) -> Preprocessing:
        """Return the same for another input size, keeping the share of the image that is seen."""
        resize_shorter = round(self.resize_shorter * crop / self.crop)
        return dataclasses.replace(self, crop=crop, resize_shorter=resize_shorter)

    def to_json(self) -> str:
        """Return the fields as JSON, as a model file carries them."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Preprocessing:
        """Read what ``to_json`` wrote; fields that are absent keep their default.

        Raises
        ------
        ValueError
            The text is not JSON, or holds an unknown field or a value out of range.
        TypeError
            A value has the wrong type.
        """
        fields = json.loads(text)
        known = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(fields, dict) or not fields.keys() <= known:
            raise ValueError(f"expected a JSON object with fields of {sorted(known)}, got {text}")
        return cls(**fields)


IMAGENET = Preprocessing(
    mean=(0.485 * 255, 0.456 * 255, 0.406 * 255), scale=(0.229 * 255, 0.224 * 255, 0.225 * 255)
)
"""What most networks trained on ImageNet take: mean and standard deviation of its photos."""


def preprocess(image: Image.Image, preprocessing: Preprocessing) -> FloatMatrix:
    """Turn an image into a network's input.

    Parameters
    ----------
    image
        Mode RGB, of any size from 1 x 1.
    preprocessing
        How.

    Returns
    -------
    ndarray of shape (3, crop, crop), float32
    """
    side = preprocessing.crop
    resampling = _RESAMPLING[preprocessing.interpolation]
    # Only the part that survives the crop is resampled, so that a strip of 1 x 20000 pixels
    # does not grow to 256 x 5120000 first; pixels beside the box still enter the filter.
    resized = image.resize((side, side), resampling, box=_crop_box(image.size, preprocessing))
    prepared = np.empty((3, side, side), dtype=np.float32)
    prepared[...] = np.asarray(resized).transpose(2, 0, 1)
    prepared -= np.array(preprocessing.mean, dtype=np.float32)[:, None, None]
    prepared /= np.array(preprocessing.scale, dtype=np.float32)[:, None, None]
    return prepared


def _crop_box(
    size: tuple[int, int], preprocessing: Preprocessing
) -> tuple[float, float, float, float]:
    """Return the centre square (left, top, right, bottom) in pixels of the image."""
    width, height = size
    side = min(size) * preprocessing.crop / preprocessing.resize_shorter
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side
