"""What the code points of ITU-T H.273 say of colours: in clips, PNG (cICP), AVIF and HEIC."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.images.decoding.primaries import (
    SRGB_CHROMATICITIES,
    XYZ_CHROMATICITIES,
    to_display_primaries,
)
from twinscore.images.decoding.transfer import (
    display_tones,
    hybrid_log_gamma_decoded,
    hybrid_log_gamma_display,
    perceptual_quantizer_decoded,
    srgb_decoded,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

_BT2020 = (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290)
_WIDE_PRIMARIES = {
    9: _BT2020,
    10: XYZ_CHROMATICITIES,
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
}
"""Those of old television (4 to 7) are shown as those of sRGB, as players do."""

_LINEAR, _PQ, _HLG = 8, 16, 18
_GAMMAS = {4: 2.2, 5: 2.8}
_DECODERS: dict[int, Callable[[npt.NDArray[Any]], npt.NDArray[Any]]] = {
    _LINEAR: np.positive,
    _PQ: perceptual_quantizer_decoded,
    _HLG: hybrid_log_gamma_decoded,
}

_ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class CodingPoints:
    """Primaries and transfer of a picture, by their numbers in H.273.

    Attributes
    ----------
    primaries, transfer
        2 is "unspecified".
    """

    primaries: int
    transfer: int

    @property
    def is_plain(self) -> bool:
        """Whether the picture may be shown as it is: standard range, usual primaries.

        The curves of BT.601, BT.709, BT.2020 and sRGB are all meant for the same display.
        """
        is_usual = self.transfer not in (_LINEAR, _PQ, _HLG, *_GAMMAS)
        return is_usual and self.primaries not in _WIDE_PRIMARIES

    def tones(self, samples: npt.NDArray[np.uint8 | np.uint16]) -> npt.NDArray[np.uint8]:
        """Turn encoded RGB into 8-bit sRGB.

        Light above the white of the display is cut off, as for OpenEXR; there is no tone mapping.

        Parameters
        ----------
        samples
            Shape (height, width, 3), of the full range of their type.
        """
        table = _light(self.transfer, 8) if samples.dtype == np.uint8 else _light(self.transfer, 16)
        chromaticities = _WIDE_PRIMARIES.get(self.primaries, SRGB_CHROMATICITIES)
        shown = np.empty(samples.shape, dtype=np.uint8)
        # In strips: light takes four times the memory of what it is made from.
        for start in range(0, len(samples), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            light = table[samples[rows]]
            if self.transfer == _HLG:
                light = hybrid_log_gamma_display(light)
            shown[rows] = display_tones(to_display_primaries(light, chromaticities))
        return shown


@functools.lru_cache(maxsize=8)
def _light(transfer: int, bits: int) -> npt.NDArray[np.float32]:
    """Return the light of every sample of so many bits."""
    signal = np.linspace(0.0, 1.0, 1 << bits)
    if transfer in _GAMMAS:
        return np.power(signal, _GAMMAS[transfer]).astype(np.float32)
    decode = _DECODERS.get(transfer, srgb_decoded)
    return decode(signal).astype(np.float32)
