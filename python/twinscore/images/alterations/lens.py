"""Dark corners, and colours that part towards them."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image


def vignetted(image: Image.Image, stops: float, seed: int) -> Image.Image:
    """Divide the levels in the corners by 2 to the power of this, less towards the middle."""
    del seed
    down, right = (np.linspace(-1.0, 1.0, length) for length in (image.height, image.width))
    falling = (np.square(down)[:, None] + np.square(right)[None, :]) / 2.0
    gains = np.exp2(-stops * falling).astype(np.float32)[:, :, None]
    pixels = np.asarray(image) * gains
    np.rint(pixels, out=pixels)
    return Image.fromarray(np.clip(pixels, 0, 255, out=pixels).astype(np.uint8))


def aberrant(image: Image.Image, pixels: float, seed: int) -> Image.Image:
    """Shift red outwards and blue inwards in the corners, by half of this each."""
    del seed
    red, green, blue = image.split()
    corner = np.hypot(*image.size) / 2.0
    outwards = 1.0 + pixels / 2.0 / corner
    return Image.merge("RGB", (_scaled(red, outwards), green, _scaled(blue, 1.0 / outwards)))


def _scaled(channel: Image.Image, factor: float) -> Image.Image:
    """Enlarge a channel about its middle, at its size; below 1, its border goes on outside."""
    aside, below = (length / 2.0 * (1.0 - 1.0 / factor) for length in channel.size)
    border = math.ceil(max(-aside, -below, 0.0))
    width, height = (length + 2 * border for length in channel.size)
    wider = Image.fromarray(np.pad(np.asarray(channel), border, mode="edge")) if border else channel
    aside, below = aside + border, below + border
    box = (aside, below, width - aside, height - below)
    return wider.resize(channel.size, Image.Resampling.BICUBIC, box)
