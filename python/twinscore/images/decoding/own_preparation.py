"""A function of the caller's that prepares images for a network."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from twinscore.images.decoding.preprocessing import LARGEST_SIDE, Preprocessing

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix

_PROBE_SIZES = ((96, 64), (300, 400), (257, 131))
"""Width and height of the images that show what a function does: small, large, odd."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPreparation(Preprocessing):
    """Prepares images with a function of the caller's.

    It is known again by what it does: two that make the same of three images of noise have one
    fingerprint. The other fields say at which size the facts of the pixels are measured.

    Attributes
    ----------
    function
        From a PIL image of mode RGB, at its full size, to an array or tensor of shape
        (channels, height, width), the same shape for all images; called from several threads.
    shape
        Of what it returns.
    digest
        Of what it makes of images of noise.
    """

    function: Callable[[Image.Image], Any]
    shape: tuple[int, int, int] = field(default=(0, 0, 0))
    digest: str = ""

    @property
    def fingerprint(self) -> str:
        """Short text that is equal only for functions that make the same of images of noise."""
        channels, height, width = self.shape
        exposed = f"-exposure{self.exposure:g}" if self.exposure else ""
        return f"own-{channels}x{height}x{width}{exposed}@{self.digest}"

    @property
    def least_decoded(self) -> int:
        """Pixels of the shorter side that are still handed on as they are: all."""
        return LARGEST_SIDE**2

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what `input_of` returns."""
        return self.shape

    def input_of(
        self, image: Image.Image, seen: npt.NDArray[np.uint8] | None = None
    ) -> FloatMatrix:
        """Let the function prepare an image; see `Preprocessing.input_of`.

        Raises
        ------
        ValueError
            It returns something else than for the images of noise.
        """
        del seen
        prepared = _prepared(self.function, image)
        if prepared.shape != self.shape:
            raise ValueError(
                f"the preprocessing gives shape {prepared.shape} for an image of "
                f"{image.width} x {image.height} pixels, and {self.shape} for others"
            )
        return prepared

    def to_json(self) -> str:
        """Raise ValueError: a function is no JSON."""
        raise ValueError(
            "expected a preprocessing that a file can hold (size, mean, std), got a function"
        )


def own_preparation(function: Callable[[Image.Image], Any]) -> OwnPreparation:
    """Try a function on images of noise, and take it as a preprocessing.

    Parameters
    ----------
    function
        See `OwnPreparation`.

    Raises
    ------
    ValueError
        It fails, returns no (channels, height, width), another shape for another image, values
        that are not finite, or twice another result for one image.
    """
    random = np.random.default_rng(0)
    digest = hashlib.sha256()
    shapes = set()
    for width, height in _PROBE_SIZES:
        pixels = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
        first, again = (_prepared(function, Image.fromarray(pixels)) for _ in range(2))
        if not np.isfinite(first).all():
            raise ValueError("expected finite values from the preprocessing, got some that are not")
        if not np.array_equal(first, again):
            raise ValueError(
                "the preprocessing gives two results for one image: leave out what is random"
            )
        shapes.add(first.shape)
        digest.update(first.tobytes())
    if len(shapes) > 1:
        listed = " and ".join(str(shape) for shape in sorted(shapes))
        raise ValueError(
            f"expected one shape from the preprocessing for images of all sizes, got {listed}: "
            "let it scale and crop"
        )
    ((channels, height, width),) = shapes
    return OwnPreparation(
        function=function, shape=(channels, height, width), digest=digest.hexdigest()[:8]
    )


def _prepared(function: Callable[[Image.Image], Any], image: Image.Image) -> FloatMatrix:
    try:
        result = function(image)
    except Exception as error:
        said = str(error).strip().splitlines() or [""]
        raise ValueError(f"the preprocessing fails: {type(error).__name__}: {said[0]}") from error
    if hasattr(result, "detach"):
        result = result.detach().cpu()
    try:
        values = np.asarray(result, dtype=np.float32)
    except (TypeError, ValueError):
        values = np.empty(0, dtype=np.float32)
    looks_last = values.ndim == 3 and values.shape[-1] == 3 and values.shape[0] != 3
    if values.ndim != 3 or not values.size or looks_last:
        found = f"shape {values.shape}" if values.size else type(result).__name__
        raise ValueError(
            "expected an array or tensor of shape (channels, height, width) from the "
            f"preprocessing, got {found}"
        )
    return np.ascontiguousarray(values)
