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
    colours = patches.pixels[is_corner].astype(np.float32)
    outwards = patches.outwards[is_corner].astype(np.float32)
    right, down = (outwards / np.linalg.norm(outwards, axis=1, keepdims=True)).T[:, :, None, None]
    green = colours[..., 1]
    gradient = 0.5 * (
        right * (green[:, 1:-1, 2:] - green[:, 1:-1, :-2])
        + down * (green[:, 2:, 1:-1] - green[:, :-2, 1:-1])
    )
    inner = colours[:, 1:-1, 1:-1]
    flat = (inner - inner.mean(axis=(1, 2), keepdims=True)).reshape(len(inner), -1, 3)
    known = np.stack([flat[..., 1], gradient.reshape(len(inner), -1)], axis=1)
    products = known @ known.transpose(0, 2, 1)
    has_edges = products[:, 1, 1] >= _LEAST_GRADIENT * known.shape[2]
    determinant = products[:, 0, 0] * products[:, 1, 1] - products[:, 0, 1] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        red, blue = (_moved(known @ flat[..., [channel]], products) for channel in (0, 2))
        shifts = np.clip(blue - red, -_FARTHEST, _FARTHEST)
    shifts = shifts[has_edges & (determinant > 0.0) & np.isfinite(shifts)]
    return float(shifts.mean()) if len(shifts) else math.nan


def _moved(fitted: FloatMatrix, products: FloatMatrix) -> FloatMatrix:
    """Return how far a colour lies inwards of green in each patch, in pixels."""
    of_green, of_gradient = fitted[:, 0, 0], fitted[:, 1, 0]
    share = products[:, 1, 1] * of_green - products[:, 0, 1] * of_gradient
    moved = products[:, 0, 0] * of_gradient - products[:, 0, 1] * of_green
    determinant = products[:, 0, 0] * products[:, 1, 1] - products[:, 0, 1] ** 2
    return np.where(share > _LEAST_ALIKE * determinant, moved / share, np.nan)
