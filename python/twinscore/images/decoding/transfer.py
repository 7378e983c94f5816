"""From encoded values to light and from light to the 8-bit tones of a display."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

REFERENCE_WHITE = 203.0
"""cd/m2 of a white page in pictures of high dynamic range (ITU-R BT.2408): white on a display."""

_HLG_PEAK = 1000.0
_HLG_SYSTEM_GAMMA = 1.2
"""Of a display of 1,000 cd/m2 (ITU-R BT.2100)."""

_BRIGHTEST = np.float32(1e30)
"""Stands for infinity, so that a matrix does not make NaN of it."""

_CINEON_WHITE, _CINEON_BLACK, _CINEON_STEPS = 685.0, 95.0, 300.0
"""10-bit codes of printing density: 0.002 density a code, 0.6 gamma of the negative."""


def display_tones(light: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Cut light off at 0 and 1 and encode it by the transfer function of sRGB (IEC 61966-2-1).

    Parameters
    ----------
    light
        Floating point; NaN is black.
    """
    shown = np.array(light, dtype=np.float32)
    np.nan_to_num(shown, copy=False, nan=0.0)
    np.clip(shown, 0.0, 1.0, out=shown)
    encoded = srgb_encoded(shown)
    tones: npt.NDArray[np.uint8] = np.rint(encoded * np.float32(255.0)).astype(np.uint8)
    return tones


@functools.lru_cache(maxsize=8)
def tones_of_halves(exposure: float) -> npt.NDArray[np.uint8]:
    """Return the 8-bit tone of every half float, by its bits, after an exposure in stops."""
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
    return display_tones(exposed(halves, exposure))


def exposed(light: npt.NDArray[np.float32], exposure: float) -> npt.NDArray[np.float32]:
    """Multiply light by 2 to the power of `exposure`; infinity becomes very bright."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        scaled = light if exposure == 0 else light * np.exp2(np.float32(exposure))
        finite: npt.NDArray[np.float32] = np.clip(scaled, -_BRIGHTEST, _BRIGHTEST)
    return finite


def srgb_encoded(light: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Encode light within 0..1."""
    dark = 12.92 * light
    encoded: npt.NDArray[Any] = np.where(
        light <= 0.0031308, dark, 1.055 * np.power(light, 1 / 2.4) - 0.055
    )
    return encoded


def srgb_decoded(encoded: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the light of encoded values within 0..1."""
    light: npt.NDArray[Any] = np.where(
        encoded <= 0.04045, encoded / 12.92, np.power((encoded + 0.055) / 1.055, 2.4)
    )
    return light


def perceptual_quantizer_decoded(signal: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the light of a PQ signal (SMPTE ST 2084), in units of `REFERENCE_WHITE`."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = np.power(signal, 1 / m2)
    light = np.power(np.maximum(power - c1, 0) / (c2 - c3 * power), 1 / m1)
    scaled: npt.NDArray[Any] = light * (10000.0 / REFERENCE_WHITE)
    return scaled


def hybrid_log_gamma_decoded(signal: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the scene light of an HLG signal (ARIB STD-B67), within 0..1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    light: npt.NDArray[Any] = np.where(
        signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12
    )
    return light


def hybrid_log_gamma_display(scene: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return what a display makes of HLG scene light of BT.2020, in units of `REFERENCE_WHITE`."""
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593], dtype=scene.dtype)
    gain = np.power(luminance, _HLG_SYSTEM_GAMMA - 1)[..., None]
    shown: npt.NDArray[Any] = scene * gain * (_HLG_PEAK / REFERENCE_WHITE)
    return shown


def printing_density_decoded(signal: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the light of a scanned negative, 1 at code 685 of 1023 and 0 at code 95 (Cineon)."""
    black = 10 ** ((_CINEON_BLACK - _CINEON_WHITE) / _CINEON_STEPS)
    light = 10 ** ((signal * 1023.0 - _CINEON_WHITE) / _CINEON_STEPS)
    scaled: npt.NDArray[Any] = (light - black) / (1 - black)
    return scaled
