"""Display P3: its profile, written by hand, and what it shows."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from fidelity.pictures import as_displayed, tones

if TYPE_CHECKING:
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]
    Light = npt.NDArray[np.float64]

DISPLAY_P3 = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290)

P3_TO_SRGB = np.array(
    [
        [1.2249401763, -0.2249401763, 0.0],
        [-0.0420569547, 1.0420569547, 0.0],
        [-0.0196375546, -0.0786360456, 1.0982736002],
    ]
)
"""Linear light, as published with CSS Color 4 (D65 on both sides)."""

_D50_COLORANTS = {
    b"rXYZ": (0.515102, 0.241182, -0.001050),
    b"gXYZ": (0.291965, 0.692236, 0.041882),
    b"bXYZ": (0.157153, 0.066582, 0.784378),
    b"wtpt": (0.964203, 1.0, 0.824905),
}
"""Of Apple's profile, adapted to D50."""


def p3_profile() -> bytes:
    """An ICC profile (version 4, matrix and curve) of Display P3."""
    tags = {
        name: b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in xyz))
        for name, xyz in _D50_COLORANTS.items()
    }
    parameters = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    curve = b"para\0\0\0\0\0\x03\0\0" + struct.pack(">5i", *(round(v * 65536) for v in parameters))
    text = b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 4, 28) + b"\0P\x003"
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags |= dict.fromkeys((b"desc", b"cprt"), text)
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        padded = data + b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += padded
    white = struct.pack(">3i", 63190, 65536, 54061)
    header = struct.pack(
        ">I4sI4s4s4s", offset + len(body), b"none", 0x04000000, b"mntr", b"RGB ", b"XYZ "
    )
    header += b"\0" * 12 + b"acsp" + b"\0" * 28 + white
    return header.ljust(128, b"\0") + table + body


def shown_from_p3(values: Light, gamma: float | None = None) -> Pixels:
    """What encoded values show on a display of sRGB; the curve is that of sRGB or a power."""
    if gamma is None:
        light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    else:
        light = values**gamma
    return tones(as_displayed(light @ P3_TO_SRGB.T))
