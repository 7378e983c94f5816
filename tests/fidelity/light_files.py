"""Files that OpenImageIO writes, and pixels that are made square."""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from fidelity.color_files import DISPLAY_P3

OIIO = ("OpenImageIO",)
PLAIN_AND_WIDE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("", {}),
    (", other primaries", {"chromaticities": DISPLAY_P3}),
)
XYZ_TO_SRGB_FROM_E = np.array(
    [
        [3.1473337, -1.6664026, -0.4809311],
        [-0.9955244, 1.9557402, 0.0397842],
        [0.0636054, -0.2145637, 1.1509583],
    ]
)
"""Linear sRGB of CIE XYZ whose white E is adapted to D65 after Bradford."""


def written(
    suffix: str,
    light: Any,
    depth: str,
    names: tuple[str, ...] = ("R", "G", "B"),
    window: tuple[int, int, int, int] | None = None,
    **attributes: Any,
) -> bytes:
    """A file of OpenImageIO; `window` is x and y of the data, width and height of the display."""
    oiio: Any = import_module("OpenImageIO")
    spec = oiio.ImageSpec(light.shape[1], light.shape[0], light.shape[2], depth)
    spec.channelnames = names[: light.shape[2]]
    if window is not None:
        spec.x, spec.y, spec.full_width, spec.full_height = window
    for name, value in attributes.items():
        if name == "chromaticities":
            spec.attribute(name, oiio.TypeDesc("float[8]"), tuple(value))
        else:
            spec.attribute(name.replace("__", ":"), value)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        file = oiio.ImageOutput.create(str(path))
        assert file.open(str(path), spec), file.geterror()
        assert file.write_image(np.ascontiguousarray(light, dtype=np.float32))
        file.close()
        return path.read_bytes()


def stretched(shown: Any, aspect: float, _content: bytes) -> Any:
    """Square pixels by linear interpolation between centres, along one axis."""
    axis = 1 if aspect > 1 else 0
    factor = max(aspect, 1 / aspect)
    length = shown.shape[axis]
    places = np.clip((np.arange(round(length * factor)) + 0.5) / factor - 0.5, 0, length - 1)
    low = np.floor(places).astype(int)
    part = (places - low).reshape((1, -1, 1) if axis else (-1, 1, 1))
    values = shown.astype(float)
    first = np.take(values, low, axis)
    second = np.take(values, np.minimum(low + 1, length - 1), axis)
    return np.rint(first * (1 - part) + second * part).astype(np.uint8)
