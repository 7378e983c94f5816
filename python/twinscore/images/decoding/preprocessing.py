"""From an RGB image to a network's input."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from twinscore.base.errors import SettingError
from twinscore.base.json_text import parse_json
from twinscore.images.decoding.color import BACKGROUND
from twinscore.images.decoding.reduction import reduction_factor

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix

Channels = tuple[float, float, float]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""

_FILTER_REACH = 3
"""Of the widest filter, Lanczos, in pixels of the result."""

_RESAMPLING = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "lanczos": Image.Resampling.LANCZOS,
}

LARGEST_SIDE = 8192
"""Pixels; of a model that claims more, one image would fill the memory."""

_CONVENTIONS = {
    "background": BACKGROUND,
    "color": "icc-and-primaries-to-srgb",
    "depth": "rounded",
    "orientation": "as-stored-in-the-file",
    "pixels": "square-in-film-and-scene-linear",
    "reduction": "box-or-dct-by-powers-of-two-to-twice-the-size",
    "resampling": "pillow-antialiased-uint8",
    "scene-linear": "srgb-clipped",
    "crop": "exact-centre",
    "layout": "NCHW-RGB-float32",
}
"""What no field says and yet decides the pixels: part of the fingerprint."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How an image becomes a network's input.

    The image is scaled without distortion until its shorter side has ``resize_shorter`` pixels,
    and the centre square of ``crop`` pixels is taken; a channel value x in 0..255 becomes
    ``(x - mean) / scale``. Where the shorter side stays at least twice as long as needed, the
    image is first reduced by a power of two, by averaging squares or in the JPEG decoder: a
    quarter of the time, for a cosine distance of embeddings of about 0.001 (``bench/decode.py``).

    Attributes
    ----------
    resize_shorter, crop
        Pixels; ``crop`` is at most ``resize_shorter``.
    interpolation
        "bicubic", "bilinear" or "lanczos", antialiased.
    mean, scale
        Per channel R, G, B, in units of 0..255.
    exposure
        In stops, for OpenEXR and HDR files: 1 doubles the light.
    """

    resize_shorter: int = 256
    crop: int = 224
    interpolation: str = "bicubic"
    mean: Channels = (127.0, 127.0, 127.0)
    scale: Channels = (128.0, 128.0, 128.0)
    exposure: float = 0.0

    def __post_init__(self) -> None:
        # 127 and 127.0 are one recipe and must have one fingerprint.
        for name in ("mean", "scale"):
            values = tuple(float(value) for value in getattr(self, name))
            object.__setattr__(self, name, values)
        object.__setattr__(self, "exposure", float(self.exposure))
        if not 0 < self.crop <= self.resize_shorter:
            raise ValueError(
                f"expected 0 < crop <= resize_shorter, got {self.crop} and {self.resize_shorter}"
            )
        if self.resize_shorter > LARGEST_SIDE:
            raise ValueError(
                f"expected resize_shorter of at most {LARGEST_SIDE:,}, got {self.resize_shorter:,}"
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
        if not math.isfinite(self.exposure):
            raise SettingError(f"expected a finite exposure in stops, got {self.exposure}")

    @property
    def fingerprint(self) -> str:
        """Short text that is equal only where the same image gives the same input."""
        recipe = json.dumps([dataclasses.asdict(self), _CONVENTIONS], sort_keys=True)
        digest = hashlib.sha256(recipe.encode()).hexdigest()[:8]
        return f"rgb-shorter{self.resize_shorter}-{self.interpolation}-crop{self.crop}@{digest}"

    @property
    def least_decoded(self) -> int:
        """Pixels of the shorter side that are still resampled as they are."""
        return 2 * self.resize_shorter

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what `input_of` returns."""
        return 3, self.crop, self.crop

    def input_of(
        self, image: Image.Image, seen: npt.NDArray[np.uint8] | None = None
    ) -> FloatMatrix:
        """Turn an image into a network's input.

        Parameters
        ----------
        image
            Mode RGB, of any size from 1 x 1.
        seen
            Shape (crop, crop, 3): what `seen_by_network` made of it, where that is at hand.

        Returns
        -------
        ndarray of shape ``input_shape``, float32
        """
        pixels = np.asarray(seen_by_network(image, self) if seen is None else seen)
        prepared = np.empty(self.input_shape, dtype=np.float32)
        prepared[...] = pixels.transpose(2, 0, 1)
        prepared -= np.array(self.mean, dtype=np.float32)[:, None, None]
        prepared /= np.array(self.scale, dtype=np.float32)[:, None, None]
        return prepared

    def with_crop(self, crop: int) -> Preprocessing:
        """Return the same for another input size, keeping the share of the image that is seen."""
        resize_shorter = round(self.resize_shorter * crop / self.crop)
        return dataclasses.replace(self, crop=crop, resize_shorter=resize_shorter)

    def to_json(self) -> str:
        """Return the fields as JSON, as a model file carries them; without an exposure of 0."""
        fields = dataclasses.asdict(self)
        if not self.exposure:
            del fields["exposure"]
        return json.dumps(fields, sort_keys=True)

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
        fields = parse_json(text)
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
    ndarray of shape ``preprocessing.input_shape``, float32
    """
    return preprocessing.input_of(image)


def seen_by_network(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """Return the part of an image that a network sees, at the size at which it does.

    Parameters
    ----------
    image
        Mode RGB, of any size from 1 x 1.
    preprocessing
        How.

    Returns
    -------
    Image.Image
        Mode RGB, of crop x crop pixels.
    """
    side = preprocessing.crop
    resampling = _RESAMPLING[preprocessing.interpolation]
    # Only the part that survives the crop is resampled, so that a strip of 1 x 20000 pixels
    # does not grow to 256 x 5120000 first.
    reduced, box = _reduce(image, preprocessing)
    return reduced.resize((side, side), resampling, box=box)


def _reduce(image: Image.Image, preprocessing: Preprocessing) -> tuple[Image.Image, Box]:
    """Average squares of pixels around the crop; return them and where the crop lies in them.

    What lies out of the filter's reach is cut off in any case: Pillow chooses by the shape of an
    image in which order to scale its sides, which rounds differently.
    """
    factor = reduction_factor(image.size, preprocessing.least_decoded)
    width, height = (-(-length // factor) for length in image.size)
    left, top, right, bottom = _crop_box((width, height), preprocessing)
    margin = math.ceil(_FILTER_REACH * max(1.0, (right - left) / preprocessing.crop)) + 1
    first_column, first_row = max(0, int(left) - margin), max(0, int(top) - margin)
    columns = min(width, math.ceil(right) + margin)
    rows = min(height, math.ceil(bottom) + margin)
    region = (
        first_column * factor,
        first_row * factor,
        min(columns * factor, image.width),
        min(rows * factor, image.height),
    )
    reduced = image.crop(region) if factor == 1 else image.reduce(factor, box=region)
    return reduced, (left - first_column, top - first_row, right - first_column, bottom - first_row)


def _crop_box(size: tuple[int, int], preprocessing: Preprocessing) -> Box:
    """Return the centre square (left, top, right, bottom) in pixels of the image."""
    width, height = size
    side = min(size) * preprocessing.crop / preprocessing.resize_shorter
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side
