"""Changes of pixels, each a known defect, for `bench/validation.py`."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from validation_sources import Images

Change = Callable[[Images, np.random.Generator], Images]


def clipped(values: npt.NDArray[np.floating]) -> Images:
    """Return to pixels."""
    pixels: Images = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return pixels


def noise(deviation: float) -> Change:
    """Add Gaussian noise, its deviation a share of white."""
    return lambda images, random: clipped(
        images + 255.0 * deviation * random.standard_normal(images.shape)
    )


def blur(deviation: float) -> Change:
    """Blur, in pixels."""
    sigma = (0, deviation, deviation, 0)
    return lambda images, _: clipped(ndimage.gaussian_filter(images.astype(np.float64), sigma))


def compressed(quality: int) -> Change:
    """Save as JPEG."""
    return _each(lambda image: _reopened(image, quality))


def levels(count: int) -> Change:
    """Keep so many tones of each channel."""
    return lambda images, _: clipped(np.rint(images / 255.0 * (count - 1)) * 255.0 / (count - 1))


def contrast(factor: float) -> Change:
    """Stretch tones away from the middle gray."""
    return lambda images, _: clipped((images - 127.5) * factor + 127.5)


def inverted(images: Images, random: np.random.Generator) -> Images:  # noqa: ARG001
    """Make a negative."""
    return np.asarray(255 - images, dtype=np.uint8)


def gray(images: Images, random: np.random.Generator) -> Images:  # noqa: ARG001
    """Take colors away."""
    return clipped(np.repeat(images @ np.array([[0.299], [0.587], [0.114]]), 3, axis=3))


def swapped(images: Images, random: np.random.Generator) -> Images:  # noqa: ARG001
    """Exchange colors."""
    return images[..., [2, 0, 1]]


def pixelated(factor: int) -> Change:
    """Make blocks of so many pixels a side."""
    return lambda images, _: np.repeat(
        np.repeat(images[:, ::factor, ::factor], factor, axis=1), factor, axis=2
    )


def cartoon(images: Images, random: np.random.Generator) -> Images:
    """Flatten surfaces and keep few tones, as a drawing does."""
    return levels(4)(ndimage.median_filter(images, (1, 5, 5, 1)), random)


def sketch(images: Images, random: np.random.Generator) -> Images:  # noqa: ARG001
    """Keep nothing but edges."""
    tones = images.astype(np.float64).mean(axis=3)
    strength = np.hypot(ndimage.sobel(tones, 1), ndimage.sobel(tones, 2))
    strongest = strength.max(axis=(1, 2), keepdims=True)
    return clipped(np.repeat((255.0 * strength / (strongest + 1e-6))[..., None], 3, axis=3))


def turned(degrees: float) -> Change:
    """Turn each image by up to so much."""

    def change(images: Images, random: np.random.Generator) -> Images:
        angles = random.uniform(-degrees, degrees, len(images))
        return np.stack(
            [
                np.asarray(Image.fromarray(image).rotate(angle, Image.Resampling.BILINEAR))
                for image, angle in zip(images, angles.tolist(), strict=True)
            ]
        )

    return change


def upside_down(images: Images, random: np.random.Generator) -> Images:  # noqa: ARG001
    """Turn images upside down."""
    return images[:, ::-1]


def zoomed(images: Images, random: np.random.Generator) -> Images:  # noqa: ARG001
    """Show the middle twice as large."""
    edge = images.shape[1] // 4
    middle = images[:, edge:-edge, edge:-edge]
    return _resized(middle, images.shape[1])


def shuffled(parts: int) -> Change:
    """Cut each image into parts x parts tiles and mix these."""

    def change(images: Images, random: np.random.Generator) -> Images:
        side = images.shape[1] // parts
        tiles = images.reshape(-1, parts, side, parts, side, 3).swapaxes(2, 3)
        tiles = tiles.reshape(len(images), parts * parts, side, side, 3)
        order = random.permuted(np.tile(np.arange(parts * parts), (len(images), 1)), axis=1)
        mixed = tiles[np.arange(len(images))[:, None], order]
        mixed = mixed.reshape(-1, parts, parts, side, side, 3).swapaxes(2, 3)
        return np.ascontiguousarray(mixed.reshape(images.shape))

    return change


def bent(pixels: float) -> Change:
    """Bend each image smoothly, by up to so many pixels."""

    def change(images: Images, random: np.random.Generator) -> Images:
        count, side = images.shape[:2]
        moves = ndimage.gaussian_filter(
            random.uniform(-1.0, 1.0, (2, count, side, side)), (0, 0, 4, 4)
        )
        moves *= pixels / np.abs(moves).max(axis=(2, 3), keepdims=True)
        places = np.mgrid[:side, :side][:, None] + moves
        return np.stack(
            [
                np.stack(
                    [
                        ndimage.map_coordinates(image[..., channel], places[:, row], order=1)
                        for channel in range(3)
                    ],
                    axis=-1,
                )
                for row, image in enumerate(images)
            ]
        )

    return change


def _each(change: Callable[[Image.Image], Image.Image]) -> Change:
    return lambda images, _: np.stack(
        [np.asarray(change(Image.fromarray(image))) for image in images]
    )


def _reopened(image: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, format="JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


def _resized(images: Images, side: int) -> Images:
    size = (side, side)
    return np.stack(
        [
            np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
            for image in images
        ]
    )
