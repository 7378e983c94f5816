"""The definitions of facts in float64, without haste."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]
    Values = npt.NDArray[np.float64]

LUMA = np.array([0.299, 0.587, 0.114])


def naive_tones(image: Pixels) -> dict[str, float]:
    """Measure an image, shape (h, w, 3), of even sides."""
    encoded = np.arange(256) / 255.0
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    sampled = image[1::2, 1::2].reshape(-1, 3)
    luma = np.floor(image @ np.array([19595, 38470, 7471]) / 65536 + 0.5)
    grey = luma[1::2, 1::2].ravel()
    shares = np.bincount(grey.astype(np.int64), minlength=256) / len(grey)
    shares = shares[shares > 0.0]
    red, green, blue = light[sampled].mean(axis=0) + 1e-4
    steps = np.abs(luma[::2, 1:] - luma[::2, :-1]) + np.abs(luma[1::2, :-1] - luma[::2, :-1])
    strongest = sampled.max(axis=1).mean()
    return {
        "brightness": grey.mean(),
        "contrast": grey.std(),
        "blacks": 100.0 * (sampled < 4).mean(),
        "whites": 100.0 * (sampled > 251).mean(),
        "saturation": 100.0 * (strongest - sampled.min(axis=1).mean()) / max(strongest, 1.0),
        "warmth": math.log2(red / blue),
        "tint": math.log2(green) - 0.5 * math.log2(red * blue),
        "entropy": -(shares * np.log2(shares)).sum(),
        "edges": 100.0 * (steps > 40).mean(),
    }


def naive_detail(pixels: Pixels, outwards: Values, block: int) -> dict[str, float]:
    """Measure patches, shape (m, side, side, 3)."""
    luma = pixels @ LUMA
    return {
        "noise": _noise(luma),
        "sharpness": _sharpness(luma),
        "slope": _slope(luma),
        "blockiness": _blockiness(luma, block) if block else math.nan,
        "aberration": _aberration(pixels.astype(np.float64), outwards),
    }


def _noise(luma: Values) -> float:
    second = np.abs(np.diff(np.diff(luma, 2, axis=2), 2, axis=1))
    count = second.shape[1] // 8
    blocks = second[:, : 8 * count, : 8 * count].reshape(len(luma), count, 8, count, 8)
    means = np.sort(blocks.mean(axis=(2, 4)).ravel())
    return float(math.sqrt(math.pi / 2.0) / 6.0 * means[int(0.25 * (len(means) - 1))])


def _sharpness(luma: Values) -> float:
    right = luma[:, :-1:2, 1::2] - luma[:, :-1:2, :-1:2]
    down = luma[:, 1::2, :-1:2] - luma[:, :-1:2, :-1:2]
    steep = np.sort(np.hypot(right, down).ravel())
    return float(steep[int(0.95 * (len(steep) - 1))] / max(luma.std(), 1.0))


def _slope(luma: Values) -> float:
    energies = []
    for width in (1, 2, 4, 8):
        side = luma.shape[1] // width
        coarse = luma.reshape(len(luma), side, width, side, width).mean(axis=(2, 4))
        steps = [np.diff(coarse, axis=axis) for axis in (1, 2)]
        energies.append(sum((step**2).mean() for step in steps))
    return float(np.polyfit(range(4), np.log2(np.array(energies) + 1e-3), 1)[0])


def _blockiness(luma: Values, block: int) -> float:
    steps = np.abs(np.diff(luma, axis=2)), np.abs(np.diff(luma, axis=1))
    lines = [step.mean(axis=axes) for step, axes in zip(steps, ((0, 1), (0, 2)), strict=True)]
    at_border = np.arange(1, luma.shape[1]) % block == 0
    border = sum(line[at_border].mean() for line in lines)
    within = sum(line[~at_border].mean() for line in lines)
    return float(100.0 * ((border + 0.05) / (within + 0.05) - 1.0))


def _aberration(pixels: Values, outwards: Values) -> float:
    shifts = []
    for patch, direction in zip(pixels, outwards, strict=True):
        if np.abs(direction).min() < 0.5:
            continue
        margin = max(len(patch) - 40, 0) // 2
        seen = patch[margin : len(patch) - margin, margin : len(patch) - margin]
        down, right = np.gradient(seen[..., 1])
        gradient = (np.stack([right, down], axis=2) @ (direction / np.hypot(*direction)))[
            1:-1, 1:-1
        ].ravel()
        red, green, blue = seen[1:-1, 1:-1].reshape(-1, 3).T
        if ((gradient - gradient.mean()) ** 2).sum() < 4.0 * len(gradient):
            continue
        known = np.stack([green, gradient, np.ones_like(green)], axis=1)
        fits = [np.linalg.lstsq(known, colour, rcond=None)[0] for colour in (red, blue)]
        if min(fit[0] for fit in fits) <= 0.2:
            continue
        of_red, of_blue = (fit[1] / fit[0] for fit in fits)
        shifts.append(np.clip(of_blue - of_red, -4.0, 4.0))
    return float(np.mean(shifts)) if shifts else math.nan
