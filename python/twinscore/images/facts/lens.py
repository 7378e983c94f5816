"""What a lens does: dark corners, and colours that part towards them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from twinscore.images.facts.tones import LINEAR

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, FloatMatrix
    from twinscore.images.facts.patches import Patches

FRAME = 32
"""Samples along a side of the frame."""

INNER = 40
"""Pixels of a patch that are looked at: of hundreds of images, these suffice."""

FAR_OUT = 0.5
"""Of the way to the corner, right and down alike, from which a patch tells of aberration."""

_LEAST_LIGHT = 1e-3
_LEAST_GRADIENT = 4.0
"""Mean square in levels per pixel below which a patch has nothing to see a shift by."""
_LEAST_ALIKE = 0.2
_FARTHEST = 4.0


def _zones() -> tuple[BoolArray, BoolArray]:
    places = (np.arange(FRAME) + 0.5) / FRAME * 2.0 - 1.0
    far = np.hypot(places[:, None], places[None, :]) / math.sqrt(2.0)
    return far > 0.8, far < 0.35


_CORNERS, _MIDDLE = _zones()


def vignetting(image: Image.Image) -> float:
    """Compare light in the corners with light in the middle, in stops.

    Parameters
    ----------
    image
        Mode RGB, the whole frame.
    """
    samples = image.resize((FRAME, FRAME), Image.Resampling.NEAREST).convert("L")
    light = LINEAR[np.asarray(samples)] + _LEAST_LIGHT
    return float(np.log2(light[_CORNERS].mean() / light[_MIDDLE].mean()))


def aberration(patches: Patches) -> float:
    """Measure by how much red lies farther out than blue, in pixels, near the corners.

    Each of both is fitted by green and its gradient outwards: the share of the gradient is the
    shift (the first two terms of Taylor's series).

    Returns
    -------
    NaN where no patch near a corner has edges to see it by.
    """
    is_corner = np.abs(patches.outwards).min(axis=1) >= FAR_OUT
    if not is_corner.any():
        return math.nan
    margin = max(patches.pixels.shape[1] - INNER, 0) // 2
    inside = slice(margin, patches.pixels.shape[1] - margin)
    # Channels first: what lies side by side in memory is added up quickly.
    channels = np.moveaxis(patches.pixels[is_corner, inside, inside], 3, 0)
    red, green, blue = channels.astype(np.float32, order="C")
    outwards = patches.outwards[is_corner].astype(np.float32)
    right, down = (outwards / np.linalg.norm(outwards, axis=1, keepdims=True)).T[:, :, None, None]
    gradient = _flat(
        0.5 * right * (green[:, 1:-1, 2:] - green[:, 1:-1, :-2])
        + 0.5 * down * (green[:, 2:, 1:-1] - green[:, :-2, 1:-1])
    )
    gradient = gradient - gradient.mean(axis=1, keepdims=True)
    known = _flat(green[:, 1:-1, 1:-1])
    known = known - known.mean(axis=1, keepdims=True)
    products = _dots(known, known), _dots(known, gradient), _dots(gradient, gradient)
    determinant = products[0] * products[2] - products[1] ** 2
    has_edges = products[2] >= _LEAST_GRADIENT * known.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        of_red, of_blue = (
            _moved(_dots(known, colour), _dots(gradient, colour), products, determinant)
            for colour in (_flat(red[:, 1:-1, 1:-1]), _flat(blue[:, 1:-1, 1:-1]))
        )
        shifts = np.clip(of_blue - of_red, -_FARTHEST, _FARTHEST)
    shifts = shifts[has_edges & (determinant > 0.0) & np.isfinite(shifts)]
    return float(shifts.mean()) if len(shifts) else math.nan


def _flat(values: FloatMatrix) -> FloatMatrix:
    return values.reshape(len(values), -1)


def _dots(first: FloatMatrix, second: FloatMatrix) -> FloatMatrix:
    """Return the inner product of each row with the other's."""
    return np.asarray(np.einsum("ij,ij->i", first, second), dtype=np.float32)


def _moved(
    of_green: FloatMatrix,
    of_gradient: FloatMatrix,
    products: tuple[FloatMatrix, FloatMatrix, FloatMatrix],
    determinant: FloatMatrix,
) -> FloatMatrix:
    """Return how far a colour lies inwards of green in each patch, in pixels."""
    share = products[2] * of_green - products[1] * of_gradient
    moved = products[0] * of_gradient - products[1] * of_green
    return np.where(share > _LEAST_ALIKE * determinant, moved / share, np.nan)
